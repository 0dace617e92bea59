"""The editors' list of articles: filters, sorting, pages and figures."""
