"""Previews, sweeps and hindsight of many counties on a cluster: each county's index is made and reduced by a worker."""
