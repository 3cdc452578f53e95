package org.rlhfstreams.people.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/** The pictures of the documentation: {@code -Dtest=ScreenshotsTest -Dscreenshots=docs/images}. */
@ExtendWith(ChromiumNeeded.class)
@EnabledIfSystemProperty(
    named = "screenshots",
    matches = ".+",
    disabledReason = "pictures are only made into the folder of -Dscreenshots")
final class ScreenshotsTest {
  private static final long MOST_BYTES = 400_000;

  @Test
  void photographsBothPages() throws IOException {
    Path folder = Path.of(System.getProperty("screenshots"));
    try (StandIn server = new StandIn();
        Browser browser = Browser.start()) {
      Run.prepare(server, 240);
      server.judgedBefore(63);
      String left =
          "He met a small cat near the river. The cat was shy, but Max wagged his tail and said hello."
              + " They played in the grass all day.\n\nWhen the sun went down, Max took the cat home."
              + " His mom smiled and gave them both some milk.";
      String right =
          "He met a small bird near the river. The bird was sad, but Max wagged his tail and sat down."
              + " They looked at the water all day.\n\nWhen the sun went down, the bird sang a song."
              + " Max ran home to tell his mom.";
      for (int index = 1; index <= 3; index++) {
        server.ask("q" + index, Run.PROMPT, left, right, false);
      }
      for (String scheme : new String[] {"light", "dark"}) {
        browser.prefers(scheme);
        for (String size : new String[] {"desktop", "phone"}) {
          if (size.equals("desktop")) {
            browser.asDesktop();
          } else {
            browser.asPhone();
          }
          browser.open(server.address("/annotate"));
          Browser.until(() -> browser.attribute("#work", "data-state").equals("question"));
          Browser.until(() -> browser.text("#rate").equals("212"));
          if (scheme.equals("dark") == browser.all("mark").isEmpty()) {
            browser.press("d");
          }
          photograph(browser, folder.resolve("annotate-" + size + "-" + scheme + ".png"));

          browser.open(server.address("/dashboard"));
          Browser.until(
              () ->
                  browser.all(".curve canvas").size() >= 2
                      && browser.all("#annotators tr").size() == 3
                      && browser.attribute("#connection", "data-state").equals("live"));
          browser.click("#samples-list li:first-child button");
          Browser.until(() -> browser.text("#before-text").contains("car"));
          browser.click("#sample-differences");
          browser.script("document.activeElement.blur(); scrollTo(0, 0)");
          Browser.until(() -> browser.all(".curve[data-points='240'] canvas").size() >= 2);
          photograph(browser, folder.resolve("dashboard-" + size + "-" + scheme + ".png"));
          browser.script("document.getElementById('flow-title').scrollIntoView()");
          photograph(browser, folder.resolve("dashboard-flow-" + size + "-" + scheme + ".png"));
        }
      }
    }
  }

  private static void photograph(Browser browser, Path file) throws IOException {
    browser.photograph(file);
    assertThat(Files.size(file)).isLessThan(MOST_BYTES);
  }
}
