"""Made-up responses, counted by hand: small, skewed, with places in two countries."""

from collections import Counter

from surveys.tabulation.counted import COUNTRY, EVERYBODY, NO_ANSWER, Counted, Table

PLACES = {"ro": ("timis", "caras", "mehedinti"), "rs": ("bor", "banat")}
COUNTRY_OF = {place: country for country, places in PLACES.items() for place in places}
AGES = ("18_24", "25_34", "35_49", "50_64", "na", NO_ANSWER)


def skewed(rng, codes):
    """Codes with weights of which some are tiny."""
    return codes, [rng.random() ** rng.choice([1, 3, 8]) for _ in codes]


def pick(rng, weighted):
    codes, weights = weighted
    return rng.choices(codes, weights)[0]


def answers(rng, kind, keys, size):
    """For each of `size` people the keys of their answer; none where they skipped it."""
    skip = rng.choice([0, 0.05, 0.4])
    codes = skewed(rng, list(keys))
    rows = sorted({key.split("/")[0] for key in keys})
    by_row = {row: skewed(rng, [key for key in keys if key.startswith(f"{row}/")]) for row in rows}
    ranks = max((int(key.split("/")[1]) for key in keys if kind == "ranking"), default=0)
    ranked = skewed(rng, rows)

    def one():
        if rng.random() < skip:
            return set()
        if kind == "matrix":
            rated = rng.sample(rows, rng.randint(1, len(rows)))
            return {pick(rng, by_row[row]) for row in rated}
        if kind == "ranking":
            order = list(dict.fromkeys(pick(rng, ranked) for _ in range(rng.randint(1, ranks))))
            return {f"{code}/{rank}" for rank, code in enumerate(order, 1)}
        if kind == "multiple":
            chosen = {pick(rng, codes) for _ in range(rng.randint(1, 3))}
            return {"nothing"} if "nothing" in chosen else chosen
        return {pick(rng, codes)}

    return [one() for _ in range(size)]


def people(rng, size):
    """Where they live, how old they are, and their language, by dimension."""
    places = skewed(rng, [*COUNTRY_OF, "outside", NO_ANSWER])
    ages, languages = skewed(rng, AGES), skewed(rng, ("ro", "sr", "en"))
    made = []
    for _ in range(size):
        place = pick(rng, places)
        country = COUNTRY_OF.get(place, place)
        made.append(
            {
                EVERYBODY: EVERYBODY,
                "place": place,
                COUNTRY: country,
                "age": pick(rng, ages),
                "language": pick(rng, languages),
            }
        )
    return made


def tables(question, keys, persons, given, *, asked=None):
    """Exact tables in every dimension of what everybody gave; `asked` are all unless it says who."""
    asked = asked or [True] * len(persons)
    dimensions = persons[0]
    made = {}
    for dimension in dimensions:
        groups = {}
        for group in sorted({person[dimension] for person in persons}):
            members = [
                (answer, was_asked)
                for person, answer, was_asked in zip(persons, given, asked, strict=True)
                if person[dimension] == group
            ]
            cells = Counter(key for answer, _ in members for key in answer)
            groups[group] = Counted(
                len(members),
                sum(was_asked for _, was_asked in members),
                sum(bool(answer) for answer, _ in members),
                {key: cells[key] for key in keys},
            )
        made[dimension] = Table(question, dimension, groups)
    return made
