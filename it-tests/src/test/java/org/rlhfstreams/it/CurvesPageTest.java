package org.rlhfstreams.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.cli.report.CurvesPage;
import org.rlhfstreams.cli.report.RecordedRun;
import org.rlhfstreams.people.pages.Browser;
import org.rlhfstreams.people.pages.ChromiumNeeded;

/** The page of several runs' curves, in a browser. */
@Tag("slow")
@Timeout(120)
@ExtendWith(ChromiumNeeded.class)
final class CurvesPageTest {
  @TempDir private Path directory;

  private RecordedRun run(String parent, String name, double loss) throws IOException {
    Path run = Files.createDirectories(directory.resolve(parent).resolve(name));
    StringBuilder lines = new StringBuilder();
    for (int step = 1; step <= 20; step++) {
      lines
          .append("{\"step\": ")
          .append(step)
          .append(", \"loss\": ")
          .append(loss / step)
          .append(", \"rewards/margins\": ")
          .append(step % 2 == 0 ? 1 : -1)
          .append(", \"seconds\": 2.5}\n");
    }
    Files.writeString(run.resolve("metrics.jsonl"), lines);
    Files.writeString(
        run.resolve("run.json"),
        "{\"objective\": \"dpo\", \"settings\": {\"dpo.beta\": \""
            + loss
            + "\", \"x.y\": \"<b>\"}}");
    return RecordedRun.read(run);
  }

  @Test
  void showsRunsOverEachOther() throws IOException {
    Path page = directory.resolve("curves.html");
    CurvesPage.write(page, List.of(run("a", "pairs", 0.5), run("b", "pairs", 0.7)));
    try (Browser browser = Browser.start()) {
      for (Runnable window : List.<Runnable>of(browser::asDesktop, browser::asPhone)) {
        window.run();
        browser.open(page.toUri().toString());
        Browser.until(() -> browser.all("#charts canvas").size() == 2);
        assertThat(browser.all("#charts h3"))
            .extracting(heading -> heading.getText())
            .containsExactly("loss", "rewards/margins");
        assertThat(browser.text("#runs")).contains("pairs (1)", "pairs (2)", "dpo, 20 steps");
        assertThat(browser.outOfPlace()).isEmpty();
        assertThat(browser.seriousFaults()).isEmpty();
      }
      browser.click("#rest summary");
      Browser.until(() -> browser.all("#others canvas").size() == 1);
      assertThat(browser.text("#differences"))
          .contains("dpo.beta", "0.5", "0.7")
          .doesNotContain("x.y");
      assertThat(browser.all("#configurations b")).isEmpty();
      assertThat(browser.script("return csv()").toString())
          .startsWith("run,step,loss,rewards/margins,seconds\npairs (1),1,0.5,-1,2.5\n")
          .hasLineCount(41);
      assertThat(browser.script("return smooth([1, null, 3], 0.5).map(v => v && v.toFixed(3))"))
          .hasToString("[1.000, null, 2.333]");
      browser.script(
          "at('smoothing').value = 0.9; at('smoothing').dispatchEvent(new Event('input'));");
      browser.click("#log");
      Browser.until(() -> browser.text("#smoothed").equals("0.9"));
      Browser.until(() -> browser.all("canvas").size() == 3);
      assertThat(browser.complaints()).isEmpty();
    }
  }
}
