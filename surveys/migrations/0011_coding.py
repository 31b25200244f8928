import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

# What a response says now decides what of it waits to be coded. Words that changed are coded anew,
# unless it is what somebody has coded.
KEEP_UNCODED = """
CREATE FUNCTION surveys_keep_uncoded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state <> 'sent' OR NEW.is_rehearsal THEN
    DELETE FROM surveys_uncoded WHERE response_id = NEW.id;
    RETURN NULL;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    DELETE FROM surveys_uncoded waiting USING surveys_codingframe frame
    WHERE waiting.response_id = NEW.id AND frame.id = waiting.frame_id
      AND OLD.answers ->> frame.question IS DISTINCT FROM NEW.answers ->> frame.question;
  END IF;
  INSERT INTO surveys_uncoded (frame_id, response_id, turn)
  SELECT frame.id, NEW.id, 1 FROM surveys_codingframe frame
  WHERE frame.questionnaire_id = NEW.questionnaire_id
    AND NEW.answers ->> frame.question ~ '\\S'
    AND NOT EXISTS (
      SELECT FROM surveys_coding coding
      WHERE coding.frame_id = frame.id AND coding.response_id = NEW.id AND coding.turn = 1
        AND coding.digest
          = encode(sha256(convert_to(NEW.answers ->> frame.question, 'UTF8')), 'hex')
    )
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER keep_uncoded_of_new AFTER INSERT ON surveys_response
FOR EACH ROW WHEN (NEW.state = 'sent') EXECUTE FUNCTION surveys_keep_uncoded();
CREATE TRIGGER keep_uncoded_of_changed AFTER UPDATE ON surveys_response
FOR EACH ROW WHEN (
  (OLD.answers, OLD.state, OLD.is_rehearsal)
  IS DISTINCT FROM (NEW.answers, NEW.state, NEW.is_rehearsal)
) EXECUTE FUNCTION surveys_keep_uncoded();
"""
FORGET_UNCODED = """
DROP TRIGGER keep_uncoded_of_new ON surveys_response;
DROP TRIGGER keep_uncoded_of_changed ON surveys_response;
DROP FUNCTION surveys_keep_uncoded();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('surveys', '0010_campaigns'),
    ]

    operations = [
        migrations.CreateModel(
            name='Uncoded',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('turn', models.PositiveSmallIntegerField(default=1, verbose_name='turn')),
            ],
            options={
                'verbose_name': 'answer to code',
                'verbose_name_plural': 'answers to code',
                'ordering': ['response_id'],
            },
        ),
        migrations.AddField(
            model_name='code',
            name='split_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name='coding',
            index=models.Index(fields=['frame', 'turn', '-id'], name='latest_codings_of_a_frame'),
        ),
        migrations.AddIndex(
            model_name='coding',
            index=models.Index(fields=['frame', 'coder', '-id'], name='latest_codings_of_a_coder'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='code',
            trigger=pgtrigger.compiler.Trigger(name='code_is_never_renumbered', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."frame_id" IS DISTINCT FROM (NEW."frame_id") OR OLD."number" IS DISTINCT FROM (NEW."number"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='eed9ef6f1e2af169ad202b944bc9c9c8aad3b852', operation='UPDATE', pgid='pgtrigger_code_is_never_renumbered_b675b', table='surveys_code', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='code',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into', None), ('split_at', None), _connector='OR'), name='code_is_not_both_merged_and_split'),
        ),
        migrations.AddConstraint(
            model_name='coding',
            constraint=models.UniqueConstraint(condition=models.Q(('turn__in', [1, 2])), fields=('frame', 'response', 'coder'), name='an_answer_is_coded_twice_by_different_people'),
        ),
        migrations.AddField(
            model_name='uncoded',
            name='frame',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='uncoded', to='surveys.codingframe'),
        ),
        migrations.AddField(
            model_name='uncoded',
            name='not_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='uncoded',
            name='response',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='uncoded', to='surveys.response'),
        ),
        migrations.AddIndex(
            model_name='uncoded',
            index=models.Index(fields=['frame', 'turn', 'not_by', 'response'], name='answers_to_code'),
        ),
        migrations.AddConstraint(
            model_name='uncoded',
            constraint=models.UniqueConstraint(fields=('frame', 'response', 'turn'), name='an_answer_waits_once_for_each_turn'),
        ),
        migrations.AddConstraint(
            model_name='uncoded',
            constraint=models.CheckConstraint(condition=models.Q(('turn', 2), models.Q(('not_by', None), ('turn', 1)), _connector='OR'), name='anybody_codes_in_the_first_turn'),
        ),
        migrations.RunSQL(KEEP_UNCODED, FORGET_UNCODED),
    ]
