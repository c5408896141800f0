"""The routes of the catalogue."""

from server.http.counter import catalogue, wire_catalogue
from server.http.route import FORM, JSON, Route

_ALL = "/api/catalogue"

CATALOGUE: tuple[Route, ...] = (
    Route(
        "GET",
        _ALL,
        catalogue.view,
        wire_catalogue.CatalogueView,
        query=("region", "q", "page"),
    ),
    Route(
        "GET",
        _ALL + "/items/{code:[a-z0-9-]{1,64}}",
        catalogue.guide,
        wire_catalogue.Guide,
        query=("version",),
    ),
    Route(
        "GET",
        _ALL + "/halls/{hall:[a-z0-9-]{1,64}}",
        catalogue.hall,
        wire_catalogue.HallView,
        query=("from", "days"),
    ),
    Route("GET", f"{_ALL}/export.json", catalogue.export_json, JSON),
    Route("GET", f"{_ALL}/export.csv", catalogue.export_csv, "application/zip"),
    Route(
        "POST",
        f"{_ALL}/import",
        catalogue.bring,
        wire_catalogue.Brought,
        FORM,
        query=("check", "table"),
    ),
    Route(
        "GET",
        "/api/slots",
        catalogue.slots,
        wire_catalogue.SlotList,
        query=("item", "near", "far", "day"),
    ),
)
