from django.urls import path

from surveys.replies import desk_pages as desk
from surveys.replies import quotation_pages as quotations

urlpatterns = [
    path("replies/", desk.replies_desk, name="replies_desk"),
    path("replies/add/", desk.reply_add, name="reply_add"),
    path("replies/tell/", desk.replies_tell, name="replies_tell"),
    path("replies/<int:pk>/", desk.reply_preview, name="reply_preview"),
    path("replies/<int:pk>/edit/", desk.reply_edit, name="reply_edit"),
    path("replies/<int:pk>/move/", desk.reply_move, name="reply_move"),
    path("replies/<int:pk>/publish/", desk.reply_publish, name="reply_publish"),
    path("replies/<int:pk>/take-back/", desk.reply_take_back, name="reply_take_back"),
    path("replies/<int:pk>/delete/", desk.reply_delete, name="reply_delete"),
    path("quotations/", quotations.quotations_desk, name="quotations_desk"),
    path("quotations/choose/", quotations.quotations_choose, name="quotations_choose"),
    path("quotations/add/", quotations.quotation_add, name="quotation_add"),
    path("quotations/<int:pk>/", quotations.quotation_edit, name="quotation_edit"),
    path("quotations/<int:pk>/move/", quotations.quotation_move, name="quotation_move"),
    path("quotations/<int:pk>/remove/", quotations.quotation_remove, name="quotation_remove"),
]
