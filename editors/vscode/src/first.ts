// The text of a first file: a schema, a definition, an example.

export const firstFile = `# What the exports hold: a line per column that the definitions need.
entity contact from "contacts.csv"
    id:          key
    e-mail:      text
    lead source: one of "PPC", "Referral", "Trade show"

event visit of contact from "web.csv" where type = "visit"
    at: time

# What the words mean.
visits = count(visit)

## Came back within a quarter, and can be reached.
lead when visits >= 2 within 90d and e-mail is known

# A test, kept beside the rule.
example "two visits and an address make a lead"
    as of 2026-06-01
    contact: e-mail "ann@example.com"
    visit 20d ago
    visit 3d ago
    expect lead
`;
