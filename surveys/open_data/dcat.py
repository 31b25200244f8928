"""The data set as catalogues read it: DCAT-AP in JSON-LD."""

import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import override

from surveys.models import OpenDataFile, OpenDataVersion, Place
from surveys.open_data.texts import LICENCE, change, file_address, page_address
from surveys.translated import Text

AUTHORITY = "http://publications.europa.eu/resource/authority"
NUTS = "http://data.europa.eu/nuts/code"
LANGUAGES = ("ENG", "RON", "SRP")
FILE_TYPES = {"text/csv": "CSV", "application/xml": "XML", "text/plain": "TXT"}
CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "adms": "http://www.w3.org/ns/adms#",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def dcat(version: OpenDataVersion, files: Iterable[OpenDataFile]) -> bytes:
    """`files` are what can be downloaded of it."""
    consultation = version.consultation
    programme = consultation.programme
    nuts = Place.objects.filter(country__programme=programme).exclude(nuts="")
    document = {
        "@context": CONTEXT,
        "@id": page_address(),
        "@type": "dcat:Dataset",
        "dct:identifier": f"{consultation.slug}/open-data",
        "dct:title": in_languages(consultation.short_title),
        "dct:description": in_languages(consultation.kicker or consultation.short_title),
        "dct:publisher": {"@type": "foaf:Agent", "foaf:name": in_languages(programme.name)},
        "dct:license": _id(LICENCE),
        "dct:accessRights": _id(f"{AUTHORITY}/access-right/PUBLIC"),
        "dcat:theme": [_id(f"{AUTHORITY}/data-theme/{each}") for each in ("GOVE", "REGI")],
        "dct:language": [_id(f"{AUTHORITY}/language/{each}") for each in LANGUAGES],
        "dct:spatial": [_id(f"{NUTS}/{each.nuts}") for each in nuts],
        "dct:temporal": {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": _date(timezone.localdate(consultation.opens_at).isoformat()),
            "dcat:endDate": _date(timezone.localdate(consultation.closes_at).isoformat()),
        },
        "dct:issued": _date(timezone.localdate(version.made_at).isoformat()),
        "dcat:version": str(version.number),
        "owl:versionInfo": str(version.number),
        "adms:versionNotes": {"@value": change(version), "@language": "en"},
        "dcat:landingPage": _id(page_address()),
        "dcat:distribution": [_distribution(version, each) for each in files],
    }
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def _distribution(version: OpenDataVersion, file: OpenDataFile) -> dict[str, Any]:
    address = file_address(version, file.name)
    media_type = file.media_type.partition(";")[0]
    found: dict[str, Any] = {
        "@id": address,
        "@type": "dcat:Distribution",
        "dct:title": file.name,
        "dcat:accessURL": _id(page_address()),
        "dcat:downloadURL": _id(address),
        "dcat:mediaType": _id(f"https://www.iana.org/assignments/media-types/{media_type}"),
        "dcat:byteSize": {"@value": str(file.size), "@type": "xsd:nonNegativeInteger"},
        "dct:license": _id(LICENCE),
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": _id("spdx:checksumAlgorithm_sha256"),
            "spdx:checksumValue": {"@value": file.sha256, "@type": "xsd:hexBinary"},
        },
    }
    if media_type in FILE_TYPES:
        found["dct:format"] = _id(f"{AUTHORITY}/file-type/{FILE_TYPES[media_type]}")
    return found


def in_languages(text: Text) -> list[dict[str, str]]:
    found = []
    for language, tag in settings.LANGUAGE_TAGS.items():
        with override(language):
            found.append({"@value": str(text), "@language": tag})
    return found


def _id(address: str) -> dict[str, str]:
    return {"@id": address}


def _date(day: str) -> dict[str, str]:
    return {"@value": day, "@type": "xsd:date"}
