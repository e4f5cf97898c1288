pytest_plugins = ["tests.rulebooks", "tests.services.fixtures"]
