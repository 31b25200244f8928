"""Headers of every answer, static files and errors among them, that no library here writes."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

# What no page of ours ever asks a browser for. Passkeys are for our own pages alone.
REFUSED = (
    *("accelerometer", "autoplay", "camera", "display-capture", "fullscreen", "geolocation"),
    *("gyroscope", "magnetometer", "microphone", "midi", "payment", "usb", "xr-spatial-tracking"),
)
PASSKEYS = ("publickey-credentials-create", "publickey-credentials-get")
SAME_ORIGIN = {"Cross-Origin-Resource-Policy": "same-origin"}
# Only a document asks for anything, and the list is longer than many a picture.
OF_DOCUMENTS = {
    "Permissions-Policy": ", ".join(
        [*(f"{name}=()" for name in REFUSED), *(f"{name}=(self)" for name in PASSKEYS)]
    ),
}


class HeadersMiddleware:
    """Stands before all others, so that what they answer themselves has these headers too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        is_document = response.headers.get("Content-Type", "").startswith("text/html")
        for name, value in (SAME_ORIGIN | (OF_DOCUMENTS if is_document else {})).items():
            response.headers.setdefault(name, value)
        if response.cookies and "private" not in response.headers.get("Cache-Control", ""):
            # A cookie is for one visitor: no cache on the way may hand it to another.
            response.headers["Cache-Control"] = "private, no-store"
        return response
