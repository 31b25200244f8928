from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from surveys.models import Member, Organisation, User

admin.site.register(User, UserAdmin)


class MemberInline(admin.StackedInline):
    model = Member
    extra = 0
    raw_id_fields = ["user"]


@admin.register(Organisation)
class OrganisationAdmin(admin.ModelAdmin):
    search_fields = ["name"]
    inlines = [MemberInline]
