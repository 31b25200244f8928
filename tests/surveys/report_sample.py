"""A report of every kind of block, with long texts, Cyrillic, and numbers that are not shown."""

from surveys.models import Programme
from surveys.reporting.content import (
    Bar,
    BarChart,
    Columns,
    DivergingChart,
    Heading,
    Listing,
    Note,
    Part,
    Quotation,
    Report,
    Table,
    Text,
    Tile,
    TileMap,
    numbered,
)
from surveys.tile_map import tile_map

WORDS = {
    "en": ("Fewer queues at the border", "not shown", "Strongly disagree|Disagree"),
    "ro": ("Mai puțin timp de așteptare", "nu se afișează", "Dezacord total|Dezacord"),
    "sr": ("Краће чекање на прелазима", "не приказује се", "Уопште се не слажем|Не слажем се"),
    "sr-latn": ("Kraće čekanje", "ne prikazuje se", "Uopšte se ne slažem|Ne slažem se"),
}
HOSTILE = '#panic("x") *b* _i_ <b>&amp;</b> =1+1 {{ x }} @label \\ $x$ <w:p/>'
LONG = "Прекогранично чекање на прелазима, трајектима и мостовима преко Дунава, " * 3


def sample(language):
    words, hidden, steps = WORDS[language]
    programme = Programme.objects.get()
    ground = tile_map(programme, list(programme.countries.all()))
    tiles = tuple(
        Tile(hidden if position == 4 else f"1{position}1", 0 if position == 4 else 1 + position % 5)
        for position in range(len(ground["tiles"]))
    )
    scale = (*steps.split("|"), f"{words[:9]}", "4 +", "5 ++")
    parts = (
        Part(
            "summary",
            words,
            (
                Text(f"{words}. {LONG}\n\n{words} 1\n{words} 2"),
                Note(f"{words}: {HOSTILE}"),
                Text(HOSTILE, "en", "[In English]"),
                Heading(2, words),
                Heading(3, HOSTILE),
                Listing((words, HOSTILE)),
                TileMap(
                    words,
                    f"{words}: 101, 111",
                    Table(words, (words, "n"), (("Timiș", "101"), ("Борски", hidden)), 1),
                    ground,
                    tiles,
                    ((1, "1–2"), (2, "2–3"), (0, hidden)),
                ),
                Columns(
                    words,
                    f"{words}: 12, 7002",
                    Table(words, (words, "n"), (("01.02.", "12"), ("08.02.", hidden)), 1),
                    (("01.02.", "12", 12), ("08.02.", "–", None), ("15.02.", "7002", 7002)),
                ),
            ),
        ),
        Part(
            "questions",
            words,
            (
                BarChart(
                    words,
                    (words, "n", "%"),
                    (
                        Bar(words, ("1,043", "41.3 %"), (0.413,)),
                        Bar(LONG, ("502", "19.9 %"), (0.199,)),
                        Bar(HOSTILE, (hidden, hidden), (None,)),
                        Bar(words, ("77", "3.1 %"), (0.031,), is_apart=True),
                    ),
                    note=f"{words}. {HOSTILE}",
                ),
                BarChart(
                    words,
                    (words, "% 1", "% 2"),
                    (
                        Bar(words, ("41.7 %", "29.2 %"), (0.417, 0.292)),
                        Bar(LONG, (hidden, "19.1 %"), (None, 0.191)),
                    ),
                    (words[:12], "2"),
                ),
                DivergingChart(
                    words,
                    f"{words}: 10, 20",
                    Table(
                        words,
                        (words, *scale),
                        (
                            (words, "10 %", "21 %", "30 %", "25 %", "14 %"),
                            (LONG, *[hidden] * 5),
                        ),
                        5,
                    ),
                    scale,
                    ((words, (0.1, 0.21, 0.3, 0.25, 0.14)), (LONG[:80], None)),
                    hidden=hidden,
                ),
                Quotation(f"Треба нам бржи прелаз.\n{HOSTILE}", "sr", "Citizen, Borski", words),
                Quotation("Spitalul cel mai apropiat e peste Dunăre.", "ro", "Citizen, Mehedinți"),
            ),
        ),
        Part(
            "annex",
            words,
            (
                Table(
                    words,
                    ("code", words, words),
                    tuple((f"C{n}", f"{words} {n}", LONG if n else HOSTILE) for n in range(60)),
                    widths=(1, 3, 3),
                ),
            ),
            is_annex=True,
        ),
    )
    return numbered(
        Report(
            language,
            f"Interreg {words}",
            words,
            f"{words} – LISTENS",
            ((words, "1 – 31"), ("as of", HOSTILE)),
            parts,
            {
                "contents": words,
                "table": "Table",
                "figure": "Figure",
                "funded": f"EU {words}",
            },
            mark=hidden,
        )
    )
