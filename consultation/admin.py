from django.contrib import admin
from django.utils.translation import gettext_lazy as _


class AdminSite(admin.AdminSite):
    site_title = site_header = _("Consultation")
    index_title = _("Joint Secretariat")
    # The middleware adds a missing slash, and does so without losing what was posted.
    final_catch_all_view = False
