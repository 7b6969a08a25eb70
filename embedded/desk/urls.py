"""One URL scheme, the same as Frappe's desk: deep links work on both hosts."""

from django.urls import include, path

from desk import assets, auth, csv_export, home, listing, own_password, report, saved_filters

handler404 = "desk.errors.not_found"
handler500 = "desk.errors.server_error"

urlpatterns = [
	path("login", auth.login),
	path("logout", auth.logout),
	path("set-language", auth.set_language),
	path("update-password", own_password.page),
	path("static/<path:path>", assets.static),
	path("assets/<str:app>/<path:path>", assets.app_asset),
	path("app", home.index),
	path("app/query-report/<str:name>", report.show),
	path("app/query-report/<str:name>/export", report.export),
	path("app/dashboard-chart/<str:name>", home.chart_data),
	path("api/", include("desk.rest")),
	path("app/<slug:slug>", listing.dispatch),
	path("app/<slug:slug>/view/list", listing.dispatch),
	path("app/<slug:slug>/export.csv", csv_export.export),
	path("app/<slug:slug>/export.xlsx", csv_export.export),
	path("app/<slug:slug>/bulk", listing.bulk),
	path("app/<slug:slug>/save-filter", saved_filters.save),
	path("app/", include("desk.form_views")),
	path("", include("desk.www")),
]
