"""The desk's own pages. Their names are the admin's: `reverse("admin:review_queue")`."""

from surveys.branching import urls as branching
from surveys.campaigns import urls as campaigns
from surveys.coding import urls as coding
from surveys.coverage import urls as coverage
from surveys.drafting import urls as drafting
from surveys.interchange import urls as interchange
from surveys.reporting import urls as reporting
from surveys.reviewing import urls as reviewing
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
    *reporting.urlpatterns,
]
