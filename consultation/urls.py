"""Every page is under its language; the health probes are not."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from consultation import health
from consultation.metrics import metrics

urlpatterns = [
    path("live", health.live, name="live"),
    path("ready", health.ready, name="ready"),
    path("metrics", metrics, name="metrics"),
    *i18n_patterns(path("admin/", admin.site.urls), path("", include("surveys.urls"))),
]

handler400 = "consultation.errors.bad_request"
handler500 = "consultation.errors.server_error"
