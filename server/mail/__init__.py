"""Mail that goes out: written with the change that causes it, sent by SMTP afterwards."""
