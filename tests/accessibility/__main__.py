"""`make accessibility`: walk the site in every language, and write down what was found."""

import sys
import tempfile

from django.conf import settings

from tests.accessibility.looker import Looker
from tests.accessibility.report import FILE, report, write
from tests.accessibility.site import started_site
from tests.accessibility.walk import walk
from tests.accessibility.world import furnished
from tests.browser import chromium


def main():
    executable = chromium.path()
    if executable is None:
        sys.exit(chromium.NONE)
    seen = []
    with tempfile.TemporaryDirectory(prefix="accessibility-") as home, started_site() as address:
        world = furnished()
        with chromium.launched(executable, home) as browser:
            version = browser.version
            for language, _name in settings.LANGUAGES:
                looker = Looker(browser, address, language)
                walk(looker, world)
                looker.close()
                seen += looker.seen
                print(f"{language}: {len(looker.seen)} views", flush=True)
    content = report(seen, version)
    write(content)
    for finding in content["findings"]:
        print(f"{finding['page']}, {finding['state']}: {finding['rule']} ({finding['criterion']})")
    print(f"{FILE.name}: {content['checks']} checks, {len(content['findings'])} findings")


if __name__ == "__main__":
    main()
