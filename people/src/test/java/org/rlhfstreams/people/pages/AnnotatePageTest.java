package org.rlhfstreams.people.pages;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.WebElement;

/** What somebody who judges would miss. */
@Tag("slow")
final class AnnotatePageTest extends InBrowser {
  @Test
  void judgesByKeyboard() {
    server.askPlainly(5);
    open();
    judge("1", "q1");
    judge("2", "q2");
    judge("0", "q3");
    judge("s", "q4");
    shows("q5");

    Browser.until(() -> server.judgements().size() == 4);
    assertThat(server.choices()).containsExactly("q1 left", "q2 right", "q3 tie", "q4 skip");
    assertThat(server.judgements())
        .extracting(judgement -> judgement.getBoolean("swapped"))
        .as("which answer stood left is sent as it was told")
        .containsExactly(false, true, false, true);
    assertThat(server.judgements())
        .allSatisfy(
            judgement -> {
              assertThat(judgement.getString("judgementId")).matches("[0-9a-f-]{36}");
              assertThat(judgement.getLong("millisecondsSpent")).isBetween(100L, 60_000L);
            });
    assertThat(browser.text("#today")).as("a skip is no answer").isEqualTo("3");
    Browser.until(() -> browser.attribute("#connection", "data-state").equals("saved"));
    assertThat(browser.text("#announcement")).contains("skipped").contains("Prompt 5");
  }

  @Test
  void showsTheNextQuestionWithoutTheServer() {
    server.askPlainly(4);
    open();
    Browser.until(
        () -> server.requests().stream().anyMatch(request -> request.endsWith("exclude=q1,q2")));
    server.holdQuestions();
    judge("1", "q1");
    judge("1", "q2");
    shows("q3");
    server.releaseQuestions();
    judge("1", "q3");
    shows("q4");
  }

  @Test
  void holdsBackAKeyThatIsHeldDown() {
    server.askPlainly(3);
    open();
    shows("q1");
    browser.script(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {bubbles: true, key: '1', repeat: true}));"
            + "document.body.dispatchEvent(new KeyboardEvent('keydown', {bubbles: true, key: '1', ctrlKey: true}));"
            + "document.body.dispatchEvent(new KeyboardEvent('keydown', {bubbles: true, key: '1'}));"
            + "document.body.dispatchEvent(new KeyboardEvent('keydown', {bubbles: true, key: '1'}));");
    shows("q2");
    Browser.until(() -> server.judgements().size() == 1);
    judge("2", "q2");
    Browser.until(() -> server.judgements().size() == 2);
    assertThat(server.choices()).containsExactly("q1 left", "q2 right");
  }

  @Test
  void takesTheLastOnesBack() {
    server.askPlainly(4);
    open();
    judge("1", "q1");
    judge("1", "q2");
    shows("q3");
    Browser.until(() -> server.judgements().size() == 2);
    browser.press("u");
    shows("q2");
    browser.press("u");
    shows("q1");
    judge("2", "q1");
    judge("2", "q2");
    shows("q3");
    Browser.until(() -> server.judgements().size() == 4);
    assertThat(server.choices()).containsExactly("q1 right", "q2 right");
    assertThat(server.withdrawn()).hasSize(2);
    assertThat(browser.text("#today")).isEqualTo("2");
  }

  @Test
  void takesBackWhatWasJudgedBeforeAReload() {
    server.askPlainly(2);
    open();
    judge("1", "q1");
    Browser.until(() -> server.judgements().size() == 1);
    open();
    shows("q2");
    browser.press("u");
    Browser.until(() -> server.withdrawn().size() == 1);
    assertThat(server.choices()).isEmpty();
  }

  @Test
  void takesBackWhatStillWaitsAfterAReload() {
    server.askPlainly(3);
    open();
    judge("1", "q1");
    Browser.until(() -> server.judgements().size() == 1);
    server.refuse("q2", 503);
    judge("2", "q2");
    Browser.until(() -> browser.text("#connection").contains("1 judgement"));
    open();
    shows("q3");
    browser.press("u");
    server.refuse("q2", 0);
    Browser.until(() -> browser.attribute("#connection", "data-state").equals("saved"));
    assertThat(server.choices()).containsExactly("q1 left");
  }

  @Test
  void keepsWhatAProxyDoesNotDeliver() {
    server.askPlainly(2);
    server.loseBehindAProxy("q1");
    open();
    judge("1", "q1");
    Browser.until(() -> !server.attempts().isEmpty());
    Browser.until(() -> browser.text("#connection").contains("1 judgement"));
    server.refuse("q1", 0);
    Browser.until(() -> server.choices().equals(List.of("q1 left")));
  }

  @Test
  void sendsNothingOfOnePersonAsAnother() {
    server.askPlainly(2);
    server.refuse("q1", 503);
    open();
    judge("1", "q1");
    Browser.until(() -> browser.text("#connection").contains("1 judgement"));
    server.person("bob");
    server.refuse("q1", 403); // the cookie is bob's now, the page's CSRF token is not
    Browser.until(() -> browser.path().equals("/login"));
    assertThat(server.choices()).isEmpty();
    assertThat(browser.text("#kept")).contains("1 judgement is kept");
  }

  @Test
  void losesNothingWithoutAConnection() {
    server.askPlainly(3);
    open();
    Browser.until(
        () -> server.requests().stream().anyMatch(request -> request.endsWith("exclude=q1,q2")));
    server.loseAnswers();
    judge("1", "q1"); // kept by the server, which dies before it says so
    Browser.until(() -> server.judgements().size() == 1);
    server.goAway();
    judge("2", "q2");
    judge("0", "q3");
    Browser.until(() -> browser.text("#connection").contains("3 judgements kept here"));
    Browser.until(() -> browser.text("#waiting-title").equals("No connection to the server"));
    browser.press("u");
    shows("q3");
    judge("2", "q3");
    Browser.until(() -> browser.text("#connection").contains("3 judgements kept here"));

    server.ask("q4", "Prompt 4", "One", "Other", false);
    server.comeBack();
    open(); // whoever reloads in impatience loses nothing either
    shows("q4");
    Browser.until(() -> browser.attribute("#connection", "data-state").equals("saved"));
    assertThat(server.choices()).containsExactly("q1 left", "q2 right", "q3 right");
    judge("1", "q4");
    Browser.until(() -> server.judgements().size() == 4);
    assertThat(server.attempts())
        .as("the one whose answer was lost came again under its identifier")
        .hasSize(4)
        .anySatisfy((id, count) -> assertThat(count).isGreaterThan(1));
  }

  @Test
  void copesWithLongIdentifiers() {
    for (int index = 1; index <= 12; index++) {
      server.ask(
          String.format(Locale.ROOT, "q%02d|%s", index, "x".repeat(600)),
          "Prompt " + index,
          "One",
          "Other",
          false);
    }
    open();
    for (int index = 1; index <= 12; index++) {
      judge("1", String.format(Locale.ROOT, "q%02d|%s", index, "x".repeat(600)));
    }
    Browser.until(() -> server.judgements().size() == 12);
  }

  @Test
  void comesBackByItself() {
    server.askPlainly(3);
    open();
    shows("q1");
    server.goAway();
    judge("1", "q1");
    Browser.until(() -> browser.text("#connection").contains("1 judgement kept here"));
    server.comeBack();
    Browser.until(() -> browser.attribute("#connection", "data-state").equals("saved"));
    assertThat(server.choices()).containsExactly("q1 left");
  }

  @Test
  void waitsForABrokerThatIsDown() {
    server.askPlainly(3);
    server.refuse("q1", 503);
    open();
    judge("1", "q1");
    judge("2", "q2");
    Browser.until(() -> browser.text("#connection").contains("Server not ready: 2 judgements"));
    assertThat(server.choices()).isEmpty();
    server.refuse("q1", 0);
    Browser.until(() -> server.choices().equals(List.of("q1 left", "q2 right")));
  }

  @Test
  void explainsWhatDoesNotCount() {
    server.askPlainly(5);
    server.refuse("q1", 404);
    server.refuse("q2", 409);
    server.refuse("q3", 410);
    open();
    judge("1", "q1");
    judge("1", "q2");
    judge("1", "q3");
    judge("1", "q4");
    Browser.until(() -> server.choices().equals(List.of("q4 left")));
    Browser.until(() -> browser.all(".notice").size() == 3);
    assertThat(browser.text("#notices"))
        .contains("“Prompt 1” was not known to the server any more")
        .contains("“Prompt 2” had a judgement of yours already")
        .contains("“Prompt 3” was closed before your judgement arrived");
    Browser.until(() -> browser.text("#today").equals("1"));
    browser.click("#notice-refused-410 button");
    Browser.until(() -> browser.all(".notice").size() == 2);
  }

  @Test
  void keepsJudgementsOverALogin() {
    server.askPlainly(3);
    open();
    shows("q1");
    server.endSessions();
    judge("2", "q1");
    Browser.until(() -> browser.path().equals("/login"));
    Browser.until(() -> browser.text("#kept").contains("1 judgement is kept"));
    browser.find("#token").sendKeys("a-wrong-token");
    browser.click("#sign-in");
    Browser.until(() -> browser.text("#problem").contains("not in the tokens file"));
    browser.find("#token").clear();
    browser.find("#token").sendKeys("a-good-token");
    browser.click("#sign-in");
    Browser.until(() -> browser.path().equals("/annotate"));
    shows("q2");
    Browser.until(() -> server.choices().equals(List.of("q1 right")));
  }

  @Test
  void sendsAComment() {
    server.askPlainly(2);
    open();
    shows("q1");
    browser.press("c");
    browser.find("#comment").sendKeys("2 is rude, 1 is not");
    browser.pressEscape();
    judge("1", "q1");
    Browser.until(() -> server.judgements().size() == 1);
    assertThat(server.judgements().get(0).getString("comment")).isEqualTo("2 is rude, 1 is not");
    shows("q2");
    assertThat(browser.find("#comment-panel").isDisplayed()).isFalse();
    judge("1", "q2");
    Browser.until(() -> server.judgements().size() == 2);
    assertThat(server.judgements().get(1).containsKey("comment")).isFalse();
  }

  @Test
  void marksDifferencesOnDemand() {
    server.ask(
        "q1", "Prompt", "The cat sat on the mat.", "The dog sat on the mat, happily.", false);
    server.ask("q2", "Prompt", "One answer.", "Another answer.", false);
    open();
    shows("q1");
    assertThat(browser.all("mark")).isEmpty();
    browser.press("d");
    assertThat(browser.all("#left mark")).extracting(WebElement::getText).containsExactly("cat");
    assertThat(browser.all("#right mark"))
        .extracting(WebElement::getText)
        .containsExactly("dog", ", happily");
    assertThat(browser.text("#right")).isEqualTo("The dog sat on the mat, happily.");
    judge("1", "q1");
    shows("q2");
    assertThat(browser.all("#left mark")).as("it stays on").isNotEmpty();
    browser.press("d");
    assertThat(browser.all("mark")).isEmpty();
  }

  @Test
  void helps() {
    server.askPlainly(2);
    open();
    shows("q1");
    browser.press("?");
    Browser.until(() -> browser.find("#help-dialog").isDisplayed());
    browser.press("1");
    browser.click("#keys-on");
    browser.pressEscape();
    browser.press("1");
    assertThat(browser.attribute("#work", "data-comparison"))
        .as("no key judges behind the help, or once single keys are off")
        .isEqualTo("q1");
    browser.click("#choose-right");
    Browser.until(() -> server.choices().equals(List.of("q1 right")));
  }

  @Test
  void saysWhenNothingIsOpenAndGoesOnByItself() {
    open();
    Browser.until(() -> browser.text("#waiting-title").equals("All caught up"));
    server.askPlainly(1);
    shows("q1");
  }

  @Test
  void showsHostileTextHarmlessly() {
    server.ask("q1", HostileTexts.OVERRIDE, HostileTexts.MARKUP, HostileTexts.ZERO_WIDTH, false);
    server.ask("q2", HostileTexts.MARKS, HostileTexts.ONE_WORD, HostileTexts.UNSEEN_FLOOD, false);
    server.ask("q3", HostileTexts.LINES, HostileTexts.LINES, "", false);
    open();
    shows("q1");
    browser.press("d");
    assertThat(browser.text("#left")).isEqualTo(HostileTexts.MARKUP);
    assertThat(browser.all("#left *:not(mark)")).as("it is text and nothing else").isEmpty();
    assertThat(browser.script("return window.harmed ?? false")).isEqualTo(false);
    assertThat(browser.text("#prompt"))
        .isEqualTo("safe U+202Egnp.exeU+202C U+2067insideU+2069 after");
    assertThat(browser.text("#right")).isEqualTo("passU+200BwoU+2060rdU+FEFF with U+200B ×3 three");
    assertThat(browser.all("#right .unseen"))
        .extracting(element -> element.getAttribute("title"))
        .contains("zero-width space", "word joiner", "byte order mark");
    assertThat(
            browser.script("return getComputedStyle(document.getElementById('left')).unicodeBidi"))
        .isEqualTo("plaintext");

    judge("1", "q1");
    shows("q2");
    fitsTheScreen();
    assertThat(browser.text("#left")).hasSizeLessThan(10_000);
    assertThat(browser.text("#left-more")).contains("994,000 of 1,000,000");
    assertThat(browser.all("#right .unseen")).hasSizeLessThanOrEqualTo(3_000);
    assertThat(browser.text("#prompt")).contains("+1,492 marks");
    browser.click("#left-more");
    Browser.until(() -> browser.text("#left").length() == 56_000);
    fitsTheScreen();

    judge("2", "q2");
    shows("q3");
    assertThat(browser.text("#left").lines().count()).isLessThanOrEqualTo(120);
    assertThat(browser.text("#right")).isEqualTo("(an empty text)");
    judge("2", "q3");
    Browser.until(() -> server.judgements().size() == 3);
  }

  @Test
  void leavesHonestTextAsItIs() {
    String honest =
        "\uD83D\uDC69\u200D\uD83D\uDC69\u200D\uD83D\uDC67 \u2764\uFE0F 1\uFE0F\u20E3"
            + " \u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645 \u0915\u094D\u200D\u0937 cafe\u0301\n\ttab";
    server.ask("q1", "Prompt", honest, "\u05E9\u05DC\u05D5\u05DD", false);
    open();
    shows("q1");
    assertThat(browser.text("#left")).isEqualTo(honest);
    assertThat(browser.all(".unseen")).isEmpty();
  }

  @Test
  void fitsAPhone() {
    browser.asPhone();
    server.ask("q1", Run.PROMPT, "A first answer. ".repeat(20), "A second one. ".repeat(20), false);
    server.askPlainly(2);
    open();
    shows("q1");
    fitsTheScreen();
    WebElement first = browser.find("section.answer.first");
    WebElement second = browser.find("section.answer.second");
    assertThat(second.getRect().y)
        .as("one answer below the other")
        .isGreaterThanOrEqualTo(first.getRect().y + first.getRect().height);
    assertThat(browser.all("button"))
        .filteredOn(WebElement::isDisplayed)
        .allSatisfy(
            button ->
                assertThat(Math.min(button.getRect().height, button.getRect().width))
                    .as(button.getText())
                    .isGreaterThanOrEqualTo(44));
    browser.click("#choose-right");
    Browser.until(() -> server.choices().equals(List.of("q1 right")));
  }

  @Test
  void tellsARoleThatDoesNotJudge() {
    server.role("viewer");
    server.refuseQuestions(403);
    open();
    Browser.until(() -> browser.text("#waiting-title").equals("This account does not judge"));
  }

  @Test
  void marksExactlyWhatDiffers() {
    open();
    Map<?, ?> result =
        (Map<?, ?>)
            browser.asynchronousScript(
                """
                const done = arguments[arguments.length - 1];
                import("/assets/difference.js").then(({ commonPairs, difference }) => {
                  let seed = 7;
                  const random = (below) => {
                    seed = (seed * 1103515245 + 12345) % 2147483648;
                    return Math.floor(seed / 65536) % below;
                  };
                  const words = ["a", "bird", "sang", "to", "the", "moon,", "\\u6708\\u4eae", "\\n", "it's"];
                  const text = () => Array.from({ length: random(14) }, () => words[random(words.length)]).join(" ");
                  const longest = (one, other) => {
                    const table = Array.from({ length: one.length + 1 }, () => new Array(other.length + 1).fill(0));
                    for (let i = 1; i <= one.length; i++) {
                      for (let j = 1; j <= other.length; j++) {
                        table[i][j] = one[i - 1] === other[j - 1]
                          ? table[i - 1][j - 1] + 1 : Math.max(table[i - 1][j], table[i][j - 1]);
                      }
                    }
                    return table[one.length][other.length];
                  };
                  const plain = (parts) => parts.filter((part) => !part.only)
                    .map((part) => part.text).join("").replace(/\\s+/g, "");
                  const faults = [];
                  for (let round = 0; round < 2000; round++) {
                    const left = text();
                    const right = text();
                    const both = difference(left, right);
                    if (both.left.map((part) => part.text).join("") !== left
                      || both.right.map((part) => part.text).join("") !== right) {
                      faults.push(`parts do not make the text: ${left} | ${right}`);
                    }
                    if (plain(both.left) !== plain(both.right)) {
                      faults.push(`unmarked words are not the same: ${left} | ${right}`);
                    }
                    const one = left.split(" ");
                    const other = right.split(" ");
                    const pairs = commonPairs(one, other);
                    if (pairs.length !== longest(one, other)
                      || pairs.some(([i, j]) => one[i] !== other[j])) {
                      faults.push(`not the longest: ${left} | ${right}`);
                    }
                  }
                  const long = Array.from({ length: 3000 }, (_, index) => `l${index}`).join(" ");
                  const before = performance.now();
                  const apart = difference(`same ${long} end`, `same ${long.replaceAll("l", "r")} end`);
                  done({
                    faults: faults.slice(0, 3),
                    apart: apart.left.filter((part) => part.only).length,
                    milliseconds: performance.now() - before,
                  });
                });
                """);
    assertThat((List<?>) result.get("faults")).isEmpty();
    assertThat(((Number) result.get("apart")).intValue()).as("one mark over all").isEqualTo(1);
    assertThat(((Number) result.get("milliseconds")).doubleValue()).isLessThan(5_000);
  }

  @Test
  void showsWhoSaysWhatInAConversation() {
    String call =
        "[{\"function\": {\"name\": \"weather\", \"arguments\": \"{\\\"town\\\": \\\"Oslo\\\"}\"}}]";
    JsonArray messages =
        new JsonArray()
            .add(message("system", "Be brief. " + "And kind. ".repeat(200)))
            .add(message("user", "Weather in Oslo?"))
            .add(
                message("assistant", "")
                    .put("reasoning_content", "They mean today.")
                    .put("tool_calls", new JsonArray(call)))
            .add(message("tool", "{\"sky\": \"rain\"}"))
            .add(message("assistant", "Rain."))
            .add(message("user", "And in <b>Bergen</b>?"));
    server.askAbout("c1", messages);
    server.askPlainly(2);
    open();
    shows("c1");
    assertThat(browser.all("#conversation h3"))
        .extracting(WebElement::getText)
        .containsExactly("User", "Assistant", "Tool result", "Assistant", "User");
    assertThat(browser.text("#conversation")).contains("And in <b>Bergen</b>?", "They mean today.");
    assertThat(browser.text("#conversation .call"))
        .contains("Calls weather")
        .contains("\"town\": \"Oslo\"");
    assertThat(browser.all("#conversation b")).isEmpty();
    assertThat(browser.find("#prompt").isDisplayed()).isFalse();
    assertThat(browser.text("#conversation-more")).contains("1 earlier message");
    fitsTheScreen();
    assertThat(browser.seriousFaults()).isEmpty();

    browser.click("#conversation-more");
    assertThat(browser.text("#conversation h3")).isEqualTo("System");
    assertThat(browser.find("#conversation-more").isDisplayed()).isFalse();
    judge("1", "c1");
    Browser.until(() -> browser.text("#prompt").equals("Prompt 1"));
    assertThat(browser.find("#conversation").isDisplayed()).isFalse();
  }

  private static JsonObject message(String role, String content) {
    return new JsonObject().put("role", role).put("content", content);
  }

  private static void open() {
    browser.open(server.address("/annotate"));
  }

  /** Waits for a question, and until keys judge it. */
  private static void shows(String comparisonId) {
    Browser.until(
        () ->
            browser.attribute("#work", "data-comparison").equals(comparisonId)
                && browser.attribute("#work", "data-state").equals("question"));
  }

  private static void judge(String key, String comparisonId) {
    shows(comparisonId);
    browser.press(key);
  }

  private static void fitsTheScreen() {
    assertThat(browser.outOfPlace()).isEmpty();
  }
}
