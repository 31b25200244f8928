"""Sentences that fabricated open answers are made of."""


def sentences(language: str) -> tuple[str, ...]:
    """In that language, or in English where there are none."""
    return SENTENCES.get(language, SENTENCES["en"])


SENTENCES = {
    "en": (
        "A night bus to the other side would let students come home the same day.",
        "Our ambulance should be allowed to cross the border.",
        "Clean the river together, from both banks.",
        "More small projects for villages, with less paper.",
        "Waiting at the crossing takes longer than the drive.",
    ),
    "ro": (
        "Un autobuz de noapte i-ar ajuta pe studenți să ajungă acasă în aceeași zi.",
        "Ambulanța ar trebui să poată trece granița.",
        "Să curățăm Dunărea împreună, de pe ambele maluri.",
        "Mai multe proiecte mici pentru sate, cu mai puține hârtii.",
        "Așteptarea la vamă durează mai mult decât drumul.",
    ),
    "sr": (
        "Ноћни аутобус би студентима помогао да се врате кући истог дана.",
        "Хитна помоћ би морала да сме да пређе границу.",
        "Очистимо Дунав заједно, са обе обале.",
        "Више малих пројеката за села, са мање папира.",
        "Чекање на прелазу траје дуже од пута.",
    ),
    "sr-latn": (
        "Noćni autobus bi studentima pomogao da se vrate kući istog dana.",
        "Hitna pomoć bi morala da sme da pređe granicu.",
        "Očistimo Dunav zajedno, sa obe obale.",
        "Više malih projekata za sela, sa manje papira.",
        "Čekanje na prelazu traje duže od puta.",
    ),
}
