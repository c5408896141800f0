"""The demonstration: three tenders, people who act by themselves, links for visitors."""
