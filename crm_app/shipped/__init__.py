"""What the app ships and an administrator may edit: written once, remembered, kept where it was changed.

`documents` ships records (workflows, cards, charts, workspaces, causes, templates …), `settings` the values
of Singles, `permissions` the rights of roles. `CRM Shipped Default` is the memory of all three. Desk records
live in `<module>/shipped/<kind>/*.json` and not where Frappe looks for standard records: those it overwrites
whole as soon as a file is newer, and it refuses edits of a standard chart.
"""
