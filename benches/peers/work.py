"""The work of the lexicons W1 and W2 in SQL, written for every engine here; each engine says what it spells otherwise.

Tables and columns of the answers bear the names that `lead run` gives them, so that both can be compared. What is
missing counts as no.
"""

AS_OF = "2026-07-01 00:00:00"
AS_OF_SECONDS = 1782864000
DAYS_90 = "2026-04-02 00:00:00"
DAYS_180 = "2026-01-02 00:00:00"
QUARTERS = ["2025-07-01 00:00:00", "2025-10-01 00:00:00", "2026-01-01 00:00:00", "2026-04-01 00:00:00"]
TABLES = ["contacts", "companies", "events", "offers", "projects", "project_roles"]
POINTS = {
    "page_view": 1.0, "visit": 2.0, "email_sent": 0.1, "email_open": 1.0, "email_click": 3.0, "form_submit": 10.0,
    "call": 5.0, "meeting": 20.0, "webinar_attend": 8.0, "ad_click": 1.5, "doc_download": 6.0, "chat": 4.0,
}  # fmt: skip
HALF_LIFE_SECONDS = 30 * 86400
INDUSTRIES = ["Software", "Financial Services", "Telecommunications", "Manufacturing", "Healthcare"]
COUNTRIES = ["US", "GB", "DE", "FR", "CA", "AU"]
BUYERS = ["decision_maker", "economic_buyer", "champion"]
ROLE_WEIGHT = {"decision_maker": 3.0, "economic_buyer": 3.0, "champion": 2.0, "influencer": 1.5}


class Dialect:
    """DuckDB's and DataFusion's SQL."""

    any = "bool_or"

    def time(self, text):
        return f"TIMESTAMP '{text}'"

    def seconds(self, column):
        return f"date_part('epoch', {column})"

    def halved(self, times):
        return f"power(0.5, {times})"


class ClickHouse(Dialect):
    any = "max"

    def time(self, text):
        return f"toDateTime('{text}', 'UTC')"

    def seconds(self, column):
        return f"toUnixTimestamp({column})"

    def halved(self, times):
        return f"exp2(-({times}))"


def listed(values):
    return "(" + ", ".join(f"'{v}'" for v in values) + ")"


def chosen(column, values, otherwise):
    lines = " ".join(f"WHEN '{k}' THEN {v}" for k, v in values.items())
    return f"CASE {column} {lines} ELSE {otherwise} END"


def w1(d):
    """The answer of W1: the contacts for which the rule holds."""
    return {
        "contact": f"""
            WITH busy AS (
                SELECT contact_id,
                    count(*) FILTER (WHERE type = 'page_view') AS pages,
                    count(*) FILTER (WHERE type = 'visit') AS visits
                FROM events
                WHERE type IN ('page_view', 'visit') AND ts > {d.time(DAYS_90)} AND ts <= {d.time(AS_OF)}
                GROUP BY contact_id)
            SELECT c.contact_id AS id, true AS lead
            FROM busy JOIN contacts c ON c.contact_id = busy.contact_id
            WHERE pages > 5 AND visits >= 2"""
    }


def w2_steps(d):
    """What W2 counts on the way, each to be kept as a table, in order."""
    recent, half_year = f"e.ts > {d.time(DAYS_90)}", f"e.ts > {d.time(DAYS_180)}"
    count = lambda condition: f"count(*) FILTER (WHERE {condition})"
    quarters = []
    for i, start in enumerate(QUARTERS):
        end = f" AND e.ts < {d.time(QUARTERS[i + 1])}" if i + 1 < len(QUARTERS) else ""
        quarters.append(count(f"e.type = 'form_submit' AND e.ts >= {d.time(start)}{end}") + f" AS forms_q{i}")
    age = f"({AS_OF_SECONDS} - {d.seconds('e.ts')}) / {HALF_LIFE_SECONDS}.0"
    qualified = f"co.industry IN {listed(INDUSTRIES)} AND co.employees BETWEEN 50 AND 5000 AND co.country IN {listed(COUNTRIES)}"
    converted = " + ".join(f"CASE WHEN a.forms_q{i} > 0 THEN 1 ELSE 0 END" for i in range(len(QUARTERS)))
    return {
        "acts": f"""
            SELECT e.contact_id AS contact_id,
                {count("e.type = 'visit'")} AS visits,
                {count(f"e.type = 'page_view' AND {recent}")} AS pages_90,
                {count(f"e.type = 'visit' AND {recent}")} AS visits_90,
                {count(f"e.type = 'form_submit' AND {recent}")} AS forms_90,
                {count("e.type = 'form_submit' AND o.kind = 'informational'")} AS light,
                {count("e.type = 'form_submit' AND o.kind IN ('substantial', 'meeting')")} AS serious,
                {count("e.type = 'meeting'")} AS meetings,
                {count("e.type = 'call' AND e.outcome = 'successful'")} AS good_calls,
                {count(f"e.type = 'email_sent' AND {half_year}")} AS sent_180,
                {count(f"e.type = 'email_open' AND {half_year}")} AS opened_180,
                {count(f"e.type <> 'email_sent' AND {recent}")} AS engaged_90,
                {", ".join(quarters)},
                sum({chosen("e.type", POINTS, 0.0)} * {d.halved(age)}) AS score
            FROM events e LEFT JOIN offers o ON e.offer = o.offer
            WHERE e.ts <= {d.time(AS_OF)}
            GROUP BY e.contact_id""",
        "firms": f"""
            SELECT co.company_id AS company_id, coalesce({qualified}, false) AS qualified,
                coalesce(co.is_target AND NOT co.is_customer, false) AS wanted
            FROM companies co""",
        "people": f"""
            SELECT c.contact_id AS contact_id, c.company_id AS company_id, c.lead_source AS lead_source,
                coalesce(c.buying_role, '') AS buying_role,
                coalesce(a.visits, 0) > 0 AS visitor,
                coalesce(a.pages_90 > 5 AND a.visits_90 >= 2 AND a.forms_90 = 0, false) AS anonymous_lead,
                (coalesce(a.light, 0) > 0 OR (coalesce(c.former_champion, false) AND coalesce(f.wanted, false))) AS lead,
                (coalesce(a.serious, 0) > 0 OR coalesce(a.meetings, 0) > 0) AS prospect,
                coalesce(a.good_calls, 0) > 0 AS called,
                coalesce(a.sent_180 >= 6 AND a.opened_180 = 0, false) AS unengaged,
                coalesce(({converted}) >= 3, false) AS converts_often,
                coalesce(f.qualified, false) AS qualified,
                coalesce(f.wanted, false) AS wanted,
                coalesce(a.score, 0.0) AS score
            FROM contacts c
            LEFT JOIN acts a ON a.contact_id = c.contact_id
            LEFT JOIN firms f ON f.company_id = c.company_id""",
        "deals": """
            SELECT p.project_id AS project_id, p.company_id AS company_id,
                count(DISTINCT CASE WHEN a.engaged_90 > 0 THEN r.role END) >= 3 AS qualified
            FROM projects p
            LEFT JOIN project_roles r ON r.project_id = p.project_id
            LEFT JOIN acts a ON a.contact_id = r.contact_id
            WHERE p.stage NOT IN ('closed_won', 'closed_lost')
            GROUP BY p.project_id, p.company_id""",
        "sums": f"""
            SELECT company_id,
                count(*) FILTER (WHERE anonymous_lead) >= 2 AS anonymous_company,
                ({d.any}(prospect) AND {d.any}(called)) AS prospect_company,
                sum(score * {chosen("buying_role", ROLE_WEIGHT, 1.0)}) AS propensity
            FROM people WHERE company_id IS NOT NULL GROUP BY company_id""",
    }


def w2(d):
    """The answers of W2, from the tables of its steps."""
    buyer = f"p.prospect AND p.qualified AND p.buying_role IN {listed(BUYERS)}"
    return {
        "contact": f"""
            SELECT p.contact_id AS id, p.visitor AS visitor, p.anonymous_lead AS anonymous_lead, p.lead AS lead,
                p.prospect AS prospect, ({buyer}) AS qualified_prospect, p.unengaged AS unengaged,
                (p.converts_often AND NOT ({buyer})) AS reconverter, p.score AS score,
                coalesce(s.anonymous_company, false) AS anonymous_company,
                coalesce(s.prospect_company, false) AS prospect_company,
                p.qualified AS data_qualified, (p.qualified AND p.wanted) AS target_company,
                coalesce(s.propensity, 0.0) AS company_propensity,
                (part.contact_id IS NOT NULL) AS has_project, coalesce(part.qualified, false) AS has_qualified_project
            FROM people p
            LEFT JOIN sums s ON s.company_id = p.company_id
            LEFT JOIN (
                SELECT r.contact_id AS contact_id, {d.any}(deals.qualified) AS qualified
                FROM project_roles r JOIN deals ON deals.project_id = r.project_id
                GROUP BY r.contact_id) part ON part.contact_id = p.contact_id""",
        "company": f"""
            SELECT f.company_id AS id, f.qualified AS data_qualified_company,
                coalesce(s.anonymous_company, false) AS anonymous_company_lead,
                coalesce(s.prospect_company, false) AS prospect_account,
                coalesce(s.propensity, 0.0) AS propensity,
                (won.company_id IS NOT NULL) AS company_project, coalesce(won.qualified, false) AS qualified_company_project
            FROM firms f
            LEFT JOIN sums s ON s.company_id = f.company_id
            LEFT JOIN (
                SELECT company_id, {d.any}(qualified) AS qualified FROM deals
                GROUP BY company_id) won ON won.company_id = f.company_id""",
        "sources": """
            SELECT lead_source, count(*) AS contacts_per_source, count(*) FILTER (WHERE lead) AS leads_per_source,
                count(*) FILTER (WHERE prospect) AS prospects_per_source,
                avg(CASE WHEN prospect THEN 1.0 ELSE 0.0 END) AS prospect_rate
            FROM people GROUP BY lead_source""",
    }


def carry_out(work, dialect, keep, write):
    """Runs W1 or W2: `keep(name, query)` makes a table in memory, `write(name, query)` a file of answers."""
    if work == "W2":
        for name, query in w2_steps(dialect).items():
            keep(name, query)
    for name, query in (w1(dialect) if work == "W1" else w2(dialect)).items():
        write(name, query)
