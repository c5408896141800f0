"""The demonstration: tenders and a counter, people who act by themselves, links for visitors."""
