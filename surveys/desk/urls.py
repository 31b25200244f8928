"""The desk's own pages. Their names are the admin's: `reverse("admin:review_queue")`."""

from django.urls import path

from surveys.branching import urls as branching
from surveys.campaigns import urls as campaigns
from surveys.coding import urls as coding
from surveys.coverage import urls as coverage
from surveys.desk.errors_page import errors
from surveys.desk.retention_page import retention
from surveys.drafting import urls as drafting
from surveys.exporting import urls as exporting
from surveys.interchange import urls as interchange
from surveys.notice_desk import urls as notice_desk
from surveys.replies import urls as replies
from surveys.reporting import urls as reporting
from surveys.results_desk import urls as results_desk
from surveys.reviewing import urls as reviewing
from surveys.subjects import urls as subjects
from surveys.transcribing import urls as transcribing

urlpatterns = [
    *drafting.urlpatterns,
    *branching.urlpatterns,
    *interchange.urlpatterns,
    *reviewing.urlpatterns,
    *coding.urlpatterns,
    *campaigns.urlpatterns,
    *transcribing.urlpatterns,
    *coverage.urlpatterns,
    *results_desk.urlpatterns,
    *replies.urlpatterns,
    *exporting.urlpatterns,
    *reporting.urlpatterns,
    *subjects.urlpatterns,
    path("retention/", retention, name="retention"),
    path("errors/", errors, name="errors"),
    *notice_desk.urlpatterns,
]
