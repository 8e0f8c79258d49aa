"""The demo desk: invented customers, colleagues and the stories of their cases."""
