package org.rlhfstreams.people.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for every page: anyone can use it, it is light, and it is there at once. */
@Tag("slow")
final class PagesTest extends InBrowser {
  private static final long MOST_BYTES = 500 * 1024;
  private static final double MOST_MILLISECONDS = 1_000;
  private static final int LOADS = 5;

  @BeforeEach
  void prepare() {
    Run.prepare(server, 60);
    server.ask("q1", Run.PROMPT, "He met a cat.", "He met a car.\u200B", false);
  }

  @ParameterizedTest
  @CsvSource({
    "annotate, light",
    "annotate, dark",
    "dashboard, light",
    "dashboard, dark",
    "login, light",
    "login, dark"
  })
  void everyoneCanUseIt(String page, String scheme) {
    browser.asDesktop();
    browser.prefers(scheme);
    open(page);
    switch (page) {
      case "annotate" -> {
        browser.press("d");
        browser.press("c");
        browser.find("#comment").sendKeys("why");
      }
      case "dashboard" -> {
        browser.click("#samples-list li:first-child button");
        Browser.until(() -> browser.find("#sample-detail").isDisplayed());
      }
      default -> {}
    }
    assertThat(browser.seriousFaults()).isEmpty();
    browser.asPhone();
    assertThat(browser.seriousFaults()).isEmpty();
    assertThat(browser.script("return getComputedStyle(document.body).backgroundColor"))
        .isEqualTo(scheme.equals("light") ? "rgb(244, 245, 248)" : "rgb(15, 18, 24)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"annotate", "dashboard"})
  void keepsTheThemeThatWasChosen(String page) {
    browser.asDesktop();
    browser.prefers("light");
    open(page);
    browser.click("#theme");
    browser.click("#theme");
    open(page);
    assertThat(browser.script("return getComputedStyle(document.body).backgroundColor"))
        .isEqualTo("rgb(15, 18, 24)");
    assertThat(browser.attribute("#theme", "aria-label")).isEqualTo("Theme: dark");
  }

  @ParameterizedTest
  @ValueSource(strings = {"annotate", "dashboard", "login"})
  void isLightAndThereAtOnce(String page) {
    browser.asDesktop();
    browser.prefers("light");
    List<Double> paints = new ArrayList<>();
    do {
      open(page);
      Browser.until(() -> firstPaint() > 0);
      paints.add(firstPaint());
      // A machine that is busy otherwise only ever makes it later.
    } while (paints.get(paints.size() - 1) > MOST_MILLISECONDS && paints.size() < LOADS);
    assertThat(paints.get(paints.size() - 1))
        .as("first paint after %s ms".formatted(paints))
        .isLessThanOrEqualTo(MOST_MILLISECONDS);
    long bytes =
        (Long)
            browser.script(
                """
                const entries = [
                  ...performance.getEntriesByType("navigation"),
                  ...performance.getEntriesByType("resource").filter((entry) => !entry.name.includes("/api/")),
                ];
                return entries.reduce((sum, entry) => sum + entry.decodedBodySize, 0);
                """);
    System.out.printf("%s: %,d bytes, first paint after %s ms%n", page, bytes, paints);
    assertThat(bytes).isBetween(5_000L, MOST_BYTES);
  }

  @ParameterizedTest
  @ValueSource(strings = {"annotate", "dashboard", "login"})
  void hasNothingInlineAndNothingFromElsewhere(String page) throws IOException {
    try (InputStream stream = PagesTest.class.getResourceAsStream("/pages/" + page + ".html")) {
      String html = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(html)
          .doesNotContainPattern("(?i)\\son[a-z]+=")
          .doesNotContainPattern("(?i)\\sstyle=")
          .doesNotContainPattern("(?i)<style")
          .doesNotContainPattern("(?i)<script(?![^>]*\\ssrc=)")
          .doesNotContainPattern("(?i)(src|href)=\"[a-z]*:?//");
    }
  }

  private static double firstPaint() {
    return ((Number)
            browser.script(
                "return performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"))
        .doubleValue();
  }

  private static void open(String page) {
    browser.open(server.address("/" + page));
    switch (page) {
      case "annotate" ->
          Browser.until(() -> browser.attribute("#work", "data-state").equals("question"));
      case "dashboard" ->
          Browser.until(
              () ->
                  browser.all("#annotators tr").size() == 3
                      && browser.all("#samples-list button").size() == 14
                      && !browser.all(".curve canvas").isEmpty());
      default -> Browser.until(() -> browser.find("#sign-in").isDisplayed());
    }
  }
}
