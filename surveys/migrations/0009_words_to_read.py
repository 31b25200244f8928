"""What was sent before the review queue was there is in it as well.

Where words stand is what `surveys.verbatims.words_names` says, written down as it was now.
"""

from django.db import migrations, transaction

BATCH = 5000
FIRST = "00000000-0000-0000-0000-000000000000"
NEXT = """
    SELECT id FROM surveys_response
    WHERE id > %s AND state = 'sent' AND NOT is_rehearsal ORDER BY id LIMIT %s
"""
NOTE = """
    WITH place_of_words AS (
        SELECT q.version_id, s.position AS section, q.position AS question, 0 AS part,
            q.name::text AS name
        FROM surveys_question q JOIN surveys_section s ON s.id = q.section_id
        WHERE q.kind = 'text'
        UNION ALL
        SELECT q.version_id, s.position, q.position, o.position, q.name || '_' || o.code || '_text'
        FROM surveys_option o JOIN surveys_question q ON q.id = o.question_id
        JOIN surveys_section s ON s.id = q.section_id
        WHERE o.names_other AND NOT (q.kind = 'single' AND q.appearance = 'list')
        UNION ALL
        SELECT q.version_id, s.position, q.position, 100000, q.name || '_comment'
        FROM surveys_question q JOIN surveys_section s ON s.id = q.section_id
        WHERE q.comment_max_length > 0
    )
    UPDATE surveys_response r SET unread = ARRAY(
        SELECT w.name FROM place_of_words w
        WHERE w.version_id = r.version_id AND jsonb_typeof(r.answers -> w.name) = 'string'
            AND r.answers ->> w.name <> ''
            AND NOT EXISTS (
                SELECT FROM surveys_decision d
                WHERE d.response_id = r.id AND d.question = w.name AND d.is_current
                    AND d.digest = encode(sha256(convert_to(r.answers ->> w.name, 'UTF8')), 'hex')
            )
        ORDER BY w.section, w.question, w.part
    )
    WHERE r.id = ANY(%s)
"""


def note_words(apps, schema_editor):
    last = FIRST
    while True:
        with transaction.atomic(), schema_editor.connection.cursor() as cursor:
            cursor.execute(NEXT, [last, BATCH])
            batch = [row[0] for row in cursor.fetchall()]
            if not batch:
                return
            cursor.execute(NOTE, [batch])
            last = batch[-1]


class Migration(migrations.Migration):
    # Each batch is a transaction of its own: nobody waits for all of them.
    atomic = False
    dependencies = [("surveys", "0008_reviewing")]
    # Backwards nothing is lost: the column goes with the migration that made it.
    operations = [migrations.RunPython(note_words, migrations.RunPython.noop)]
