"""Where the parts are put together: settings, addresses, the web server's entry."""
