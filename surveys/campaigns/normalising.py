"""What of a text counts when it is compared: its words, in one script, without their dress."""

import re
import unicodedata

MARKS = re.compile("[\u0300-\u036f]")
NOT_WORDS = re.compile(r"[\W_]+")
SEGMENTS = re.compile(r"[\n.!?,;:–—]+")

CYRILLIC = "абвгдђежзијклљмнњопрстћуфхцчџш"
LATIN = re.findall("lj|nj|dz|.", "abvgddezzijklljmnnjoprstcufhccdzs")
# What Unicode does not take for a letter with a mark.
LETTERS = str.maketrans(dict(zip(CYRILLIC, LATIN, strict=True)) | {"đ": "d", "ł": "l", "ø": "o"})

# What greetings and endings begin with, folded. Only a short piece of text between signs of
# punctuation, first or last, is taken for one: “Dear all,” but not “Dear prices are a problem”.
GREETINGS = (
    *("dear", "hello", "hi", "good morning", "good day", "good evening", "to whom"),
    *("buna", "salut", "stimat", "draga", "dragi", "drag", "onorat", "catre"),
    *("postovan", "dragi", "draga", "drage", "zdravo", "dobar dan", "dobro jutro", "dobro vece"),
    *("cenjen", "pozdrav svima"),
)
ENDINGS = (
    *("regards", "kind regards", "best", "yours", "sincerely", "thank", "many thanks", "greetings"),
    *("cu respect", "cu stima", "cu drag", "multumesc", "multumim", "va multum", "toate cele bune"),
    *("s postovanjem", "sa postovanjem", "srdacan", "srdacno", "hvala", "pozdrav", "lep pozdrav"),
    *("unapred", "zahvaljujem", "unapred zahval"),
)
GREETING = re.compile(rf"(?:{'|'.join(GREETINGS)})\w*(?: \w+){{0,5}}$")
ENDING = re.compile(rf"(?:{'|'.join(ENDINGS)})\w*(?: \w+){{0,4}}$")
SIGNATURE_WORDS = 8


def folded_words(text: str) -> str:
    """Its words with a space between: no case, marks, punctuation or script is left of it.

    Cyrillic ђ, Latin đ and the `dj` of those who have no đ are all `d`.
    """
    return NOT_WORDS.sub(" ", _folded(text)).strip()


def core(text: str) -> str:
    """Its folded words without a greeting before them and a signature after them."""
    segments = [words for part in SEGMENTS.split(_folded(text)) if (words := folded_words(part))]
    first = next((n for n, words in enumerate(segments) if not GREETING.match(words)), 0)
    kept = segments[first : _end(segments)]
    return " ".join(kept or segments)


def _folded(text: str) -> str:
    if text.isascii():
        folded = text.casefold()
    else:
        bare = MARKS.sub("", unicodedata.normalize("NFKD", text))
        folded = bare.casefold().translate(LETTERS)
    return folded.replace("dj", "d")


def _end(segments: list[str]) -> int:
    """Where the signature begins: an ending, and whatever few words stand under it."""
    words = 0
    for number in range(len(segments) - 1, 0, -1):
        words += segments[number].count(" ") + 1
        if words > SIGNATURE_WORDS:
            break
        if ENDING.match(segments[number]):
            return number
    return len(segments)
