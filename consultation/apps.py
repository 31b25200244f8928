from django.apps import AppConfig
from django.contrib.admin import apps


class SiteConfig(AppConfig):
    """The site itself: its commands."""

    name = "consultation"


class AdminConfig(apps.AdminConfig):
    default_site = "consultation.admin.AdminSite"
