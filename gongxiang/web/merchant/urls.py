"""The addresses of the store's faces."""

from django.urls import path

from gongxiang.web.merchant import (
    changing,
    circle,
    pages,
    pay_ins,
    plates,
    refunds,
    setting,
    staff,
    statements,
    till,
    today,
)
from gongxiang.web.merchant.applying import pages as applying

app_name = "merchant"
urlpatterns = [
    path("store", pages.stores, name="stores"),
    path("store/apply", applying.begin, name="apply"),
    path("store/apply/<int:number>", applying.overview, name="application"),
    path("store/apply/<int:number>/<str:name>", applying.step, name="apply_step"),
    path("store/documents/<str:token>", applying.document, name="document"),
    path("s/<str:code>/photo.jpg", setting.photo, name="photo"),
    path("store/<str:code>", today.today, name="today"),
    path("store/<str:code>/more", today.more, name="more"),
    path("store/<str:code>/members", circle.members, name="members"),
    path("store/<str:code>/income", circle.income, name="income"),
    path("store/<str:code>/recruit", circle.recruit, name="recruit"),
    path("store/<str:code>/settings", setting.settings, name="settings"),
    path("store/<str:code>/changes", changing.changes, name="changes"),
    path("store/<str:code>/take-over", changing.take_over, name="take_over"),
    path("store/<str:code>/staff", staff.staff, name="staff"),
    path("store/<str:code>/join/<str:secret>", staff.join, name="staff_join"),
    path("store/<str:code>/cashier", till.cashier, name="cashier"),
    path("store/<str:code>/cashier/<str:number>", till.charge, name="charge"),
    path("store/<str:code>/shift", till.shift, name="shift"),
    path("store/<str:code>/shifts/<str:number>", till.receipt, name="receipt"),
    path("store/<str:code>/qr", plates.plate, name="qr"),
    path("store/<str:code>/qr/<slug:name>.pdf", plates.pdf, name="qr_pdf"),
    path("store/<str:code>/qr/<slug:name>.png", plates.png, name="qr_png"),
    path("store/<str:code>/orders", pages.orders, name="orders"),
    path("store/<str:code>/orders/<str:key>", pages.order, name="order"),
    path("store/<str:code>/orders/<str:key>/refund", refunds.refund, name="refund"),
    path("store/<str:code>/orders/<str:key>/decline", refunds.decline, name="decline"),
    path("store/<str:code>/cases/<int:number>", pay_ins.case, name="case"),
    path("store/<str:code>/statements", statements.statements, name="statements"),
    path(
        "store/<str:code>/statements/<str:day>.csv",
        statements.statement_table,
        name="statement_table",
    ),
    path("store/<str:code>/statements/<str:day>", statements.statement, name="statement"),
]
