"""What is counted over stored facts: tiers and their transitions, coverage of lifted and edge households, legal readings and their price.

Also what is not known and has to be asked on a visit, the engines that count, and summaries of cities for their province.
"""
