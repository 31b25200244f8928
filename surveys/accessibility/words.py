"""Pages and requirements of accessibility in words for everybody."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# By the beginnings of the names of URLs.
PAGES = {
    "landing": gettext_lazy("Start page"),
    "citizen": gettext_lazy("Questionnaire for citizens"),
    **dict.fromkeys(
        ("stakeholder", "member", "comment"), gettext_lazy("Questionnaire for organisations")
    ),
    "results": gettext_lazy("Results"),
    "open_data": gettext_lazy("Open data"),
    "replies": gettext_lazy("You said, we did"),
    "record": gettext_lazy("Recorded as counted"),
    **dict.fromkeys(("page", "privacy_version"), gettext_lazy("Notices, help and contact")),
    **dict.fromkeys(
        (
            *("sign_in", "second_factor", "register", "invitation", "account", "passkey"),
            "authenticator",
        ),
        gettext_lazy("Signing in and your account"),
    ),
    "error": gettext_lazy("Pages that report an error"),
}

# What is wrong where one is not fulfilled; all that axe-core 4.12 and the audit itself look for.
CRITERIA = {
    "1.1.1": gettext_lazy("Images or symbols have no text that says what they show"),
    "1.2.1": gettext_lazy("Sound or video has no text that says the same"),
    "1.2.2": gettext_lazy("Videos have no captions"),
    "1.3.1": gettext_lazy("How parts of a page belong together is seen only with the eyes"),
    "1.3.4": gettext_lazy("A page can be used with the screen held in one direction only"),
    "1.3.5": gettext_lazy("Fields for personal details do not tell the browser what they are for"),
    "1.4.1": gettext_lazy("Something is told by colour alone"),
    "1.4.2": gettext_lazy("Sound cannot be stopped"),
    "1.4.3": gettext_lazy("Text stands out too little from its background"),
    "1.4.4": gettext_lazy("Text cannot be enlarged"),
    "1.4.10": gettext_lazy("A page is wider than a narrow screen"),
    "1.4.12": gettext_lazy("The spacing of text cannot be changed"),
    "2.1.1": gettext_lazy("Something cannot be used with the keyboard"),
    "2.2.1": gettext_lazy("A time limit cannot be extended"),
    "2.2.2": gettext_lazy("Something that moves cannot be stopped"),
    "2.4.1": gettext_lazy("What is repeated on every page cannot be skipped"),
    "2.4.2": gettext_lazy("A page has no title"),
    "2.4.4": gettext_lazy("Links do not say where they lead"),
    "2.5.3": gettext_lazy("The name of a control is not what is written on it"),
    "2.5.8": gettext_lazy("Controls are too small or too close together"),
    "3.1.1": gettext_lazy("A page does not say in which language it is"),
    "3.1.2": gettext_lazy("Parts in another language are not marked as such"),
    "3.3.2": gettext_lazy("Fields have no label, or more than one"),
    "4.1.2": gettext_lazy("Controls do not tell screen readers their name, role or state"),
}


def page_in_words(name: str) -> str:
    """What the page is part of; its own name where no words are known."""
    beginnings = [begin for begin in PAGES if name.startswith(begin)]
    return str(PAGES[max(beginnings, key=len)]) if beginnings else name


def criterion_in_words(criterion: str) -> str:
    """What is wrong where this requirement of WCAG is not fulfilled."""
    return str(CRITERIA.get(criterion) or _("Another requirement is not fulfilled"))
