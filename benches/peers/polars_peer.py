"""Polars: WORK csv|parquet DATA OUTPUT THREADS. The work of `work.py` in its own words, on its streaming engine."""

import os
import sys
from datetime import datetime

work, form, data, output, threads = sys.argv[1:6]
os.environ["POLARS_MAX_THREADS"] = threads

import polars as pl  # noqa: E402  it reads the number of threads as it is loaded
from polars import col  # noqa: E402

import work as said  # noqa: E402


def table(name):
    if form == "parquet":
        return pl.scan_parquet(f"{data}/{name}.parquet")
    # Revenues look like whole numbers for as long as it looks.
    types = {"annual_revenue": pl.Float64} if name == "companies" else None
    return pl.scan_csv(f"{data}/{name}.csv", try_parse_dates=True, schema_overrides=types)


def write(name, answer):
    if form == "parquet":
        answer.sink_parquet(f"{output}/{name}.parquet", engine="streaming")
    else:
        answer.sink_csv(f"{output}/{name}.csv", engine="streaming")


def keep(frame):
    return frame.collect(engine="streaming").lazy()


def count(condition):
    return condition.sum()


def or_zero(name):
    return col(name).fill_null(0)


def or_no(condition):
    return condition.fill_null(False)


AS_OF = datetime.fromisoformat(said.AS_OF)
recent = col("ts") > datetime.fromisoformat(said.DAYS_90)
half_year = col("ts") > datetime.fromisoformat(said.DAYS_180)
act = col("type")
events = table("events").filter(col("ts") <= AS_OF)


def w1():
    busy = (
        events.filter(recent & act.is_in(["page_view", "visit"]))
        .group_by("contact_id")
        .agg(pages=count(act == "page_view"), visits=count(act == "visit"))
        .filter((col("pages") > 5) & (col("visits") >= 2))
    )
    contacts = table("contacts").select("contact_id")
    write("contact", contacts.join(busy, on="contact_id").select(id="contact_id", lead=pl.lit(True)))


def w2():
    form_submit = act == "form_submit"
    starts = [datetime.fromisoformat(q) for q in said.QUARTERS]
    ends = [*starts[1:], datetime.max]
    quarters = {
        f"forms_q{i}": count(form_submit & (col("ts") >= start) & (col("ts") < end))
        for i, (start, end) in enumerate(zip(starts, ends))
    }
    age = (pl.lit(AS_OF) - col("ts")).dt.total_seconds() / float(said.HALF_LIFE_SECONDS)
    points = act.replace_strict(said.POINTS, default=0.0, return_dtype=pl.Float64)
    acts = keep(
        events.join(table("offers"), on="offer", how="left")
        .group_by("contact_id")
        .agg(
            visits=count(act == "visit"),
            pages_90=count((act == "page_view") & recent),
            visits_90=count((act == "visit") & recent),
            forms_90=count(form_submit & recent),
            light=count(form_submit & (col("kind") == "informational")),
            serious=count(form_submit & col("kind").is_in(["substantial", "meeting"])),
            meetings=count(act == "meeting"),
            good_calls=count((act == "call") & (col("outcome") == "successful")),
            sent_180=count((act == "email_sent") & half_year),
            opened_180=count((act == "email_open") & half_year),
            engaged_90=count((act != "email_sent") & recent),
            score=(points * pl.lit(0.5).pow(age)).sum(),
            **quarters,
        )
    )
    sound = col("industry").is_in(said.INDUSTRIES) & col("employees").is_between(50, 5000)
    firms = keep(
        table("companies").select(
            "company_id",
            qualified=or_no(sound & col("country").is_in(said.COUNTRIES)),
            wanted=or_no(col("is_target") & ~col("is_customer")),
        )
    )
    converted = pl.sum_horizontal((or_zero(q) > 0).cast(pl.Int8) for q in quarters)
    people = keep(
        table("contacts")
        .join(acts, on="contact_id", how="left")
        .join(firms, on="company_id", how="left")
        .select(
            "contact_id",
            "company_id",
            "lead_source",
            "buying_role",
            visitor=or_zero("visits") > 0,
            anonymous_lead=(or_zero("pages_90") > 5) & (or_zero("visits_90") >= 2) & (or_zero("forms_90") == 0),
            lead=(or_zero("light") > 0) | (or_no(col("former_champion")) & or_no(col("wanted"))),
            prospect=(or_zero("serious") > 0) | (or_zero("meetings") > 0),
            called=or_zero("good_calls") > 0,
            unengaged=(or_zero("sent_180") >= 6) & (or_zero("opened_180") == 0),
            converts_often=converted >= 3,
            qualified=or_no(col("qualified")),
            wanted=or_no(col("wanted")),
            score=col("score").fill_null(0.0),
        )
    )
    weight = col("buying_role").replace_strict(said.ROLE_WEIGHT, default=1.0, return_dtype=pl.Float64)
    sums = keep(
        people.filter(col("company_id").is_not_null())
        .group_by("company_id")
        .agg(
            anonymous_company=col("anonymous_lead").sum() >= 2,
            prospect_company=col("prospect").any() & col("called").any(),
            propensity=(col("score") * weight).sum(),
        )
    )
    roles = table("project_roles")
    deals = keep(
        table("projects")
        .filter(~col("stage").is_in(["closed_won", "closed_lost"]))
        .select("project_id", "company_id")
        .join(roles, on="project_id", how="left")
        .join(acts.select("contact_id", "engaged_90"), on="contact_id", how="left")
        .group_by("project_id", "company_id")
        .agg(deal_qualified=col("role").filter(or_zero("engaged_90") > 0).n_unique() >= 3)
    )
    parts = (
        roles.join(deals, on="project_id")
        .group_by("contact_id")
        .agg(has_project=pl.lit(True), has_qualified_project=col("deal_qualified").any())
    )
    buyer = col("prospect") & col("qualified") & or_no(col("buying_role").is_in(said.BUYERS))
    write(
        "contact",
        people.join(sums, on="company_id", how="left")
        .join(parts, on="contact_id", how="left")
        .select(
            "visitor", "anonymous_lead", "lead", "prospect", "unengaged", "score",
            id="contact_id",
            qualified_prospect=buyer,
            reconverter=col("converts_often") & ~buyer,
            anonymous_company=or_no(col("anonymous_company")),
            prospect_company=or_no(col("prospect_company")),
            data_qualified="qualified",
            target_company=col("qualified") & col("wanted"),
            company_propensity=col("propensity").fill_null(0.0),
            has_project=or_no(col("has_project")),
            has_qualified_project=or_no(col("has_qualified_project")),
        ),
    )  # fmt: skip
    won = deals.group_by("company_id").agg(company_project=pl.lit(True), won=col("deal_qualified").any())
    write(
        "company",
        firms.join(sums, on="company_id", how="left")
        .join(won, on="company_id", how="left")
        .select(
            id="company_id",
            data_qualified_company="qualified",
            anonymous_company_lead=or_no(col("anonymous_company")),
            prospect_account=or_no(col("prospect_company")),
            propensity=col("propensity").fill_null(0.0),
            company_project=or_no(col("company_project")),
            qualified_company_project=or_no(col("won")),
        ),
    )
    write(
        "sources",
        people.group_by("lead_source").agg(
            contacts_per_source=pl.len(),
            leads_per_source=col("lead").sum(),
            prospects_per_source=col("prospect").sum(),
            prospect_rate=col("prospect").mean(),
        ),
    )


w1() if work == "W1" else w2()
