"""The half-year's procedure as it is carried out: visits, corrections, proposals, reviews, filings and their proof, worklists, progress."""
