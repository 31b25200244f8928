"""Which methods a page takes, where Django has no decorator for it."""

from django.views.decorators.http import require_http_methods

takes_form = require_http_methods(["GET", "HEAD", "POST"])
"""A page with a form: it is looked at and sent. Other methods are answered 405."""
