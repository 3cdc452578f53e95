package org.rlhfstreams.people.pages;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.support.ui.Select;

/** What somebody who watches a run would miss. */
@Tag("slow")
final class DashboardPageTest extends InBrowser {
  private static final int STEPS = 120;

  @BeforeEach
  void prepare() {
    Run.prepare(server, STEPS);
  }

  @Test
  void showsTheRun() {
    open();
    Browser.until(() -> browser.text("#tile-step").equals("120"));
    assertThat(browser.text("#run")).isEqualTo("stories-with-animals");
    assertThat(browser.text("#tile-policy")).isEqualTo("0.120");
    assertThat(browser.text("#tile-open")).isEqualTo("187");
    Browser.until(() -> browser.all(".curve[data-points='120'] canvas").size() >= 3);
    assertThat(browser.attribute("svg.wide", "aria-label"))
        .contains("Rollout workers: 6.1/s, 12 waiting, 2 s");
    assertThat(browser.all("rect.late"))
        .as("the reward learner is behind; people may take their time")
        .extracting(box -> box.getAttribute("data-box"))
        .containsOnly("reward-learner");
    Browser.until(() -> browser.all("#annotators tr").size() == 3);
    assertThat(browser.text("#agreement")).contains("alpha 0.71");
    assertThat(browser.text("#annotators tr:last-child")).contains("chidi").contains("6 of 11");
    assertThat(browser.text("#dead-letters")).contains("published twice");
    assertThat(browser.text("#dead-counts")).contains("DUPLICATE 3").contains("INVALID 1");
  }

  @Test
  void followsTheRunLive() {
    open();
    Browser.until(() -> server.listeners() > 0 && browser.text("#tile-step").equals("120"));
    Browser.until(() -> curve("reward", "data-points").equals("120"));
    server.push(
        "step", Run.step(121).put("values", new JsonObject().put("objective/scores", 77.5)));
    Browser.until(() -> browser.text("[data-curve=reward] .value").equals("77.5"));
    assertThat(curve("reward", "data-points")).isEqualTo("121");
    assertThat(browser.text("#tile-step")).isEqualTo("121");

    server.push("rollout", Run.rollout(0, 121).put("response", "A story that has just been told."));
    Browser.until(() -> browser.text("#samples-list li:first-child").contains("just been told"));
    server.push("annotators", Run.annotator("dora", 5, 0, 0, 0, 0, 1, 1));
    Browser.until(() -> browser.text("#annotators").contains("dora"));
    server.push("dead-letter", Run.deadLetter("UNREADABLE", "no schema with identifier 91"));
    Browser.until(() -> browser.text("#dead-letters tr:first-child").contains("identifier 91"));
    server.push("judgement", new JsonObject().put("annotator", "dora").put("choice", "first"));
    Browser.until(() -> browser.text("#tile-judgements").equals("1,244"));
    server.push("comparison", new JsonObject().put("comparisonId", "a|b").put("open", 186));
    Browser.until(() -> browser.text("#tile-open").equals("186"));
    server.push("status", Run.status(121).put("paused", true));
    Browser.until(() -> browser.text("#pause").equals("Resume admission"));
    assertThat(browser.text("svg.wide")).contains("paused");

    // After a roll-back the curve goes on from the older step.
    server.push("step", Run.step(90).put("version", "1.90"));
    Browser.until(() -> curve("reward", "data-points").equals("90"));
    // The reward model that learns along counts its own steps.
    server.push(
        "step",
        new JsonObject()
            .put("step", 3)
            .put("objective", "reward")
            .put("at", "2026-09-21T10:14:03Z")
            .put("values", new JsonObject().put("live/accuracy", 0.875)));
    Browser.until(() -> browser.text("[data-curve=accuracy] .value").equals("0.875"));
    assertThat(curve("reward", "data-points")).isEqualTo("90");
    assertThat(browser.text("#tile-step")).isEqualTo("90");
  }

  @Test
  void showsEachOfSeveralRewards() {
    open();
    Browser.until(() -> curve("reward", "data-points").equals("120"));
    server.push("step", scored(121, new JsonObject().put("objective/scores/helpful", 3.25)));
    Browser.until(() -> curve("reward", "data-points").equals("121"));
    assertThat(browser.all("[data-curve^='objective/scores/']"))
        .as("a single one is the reward itself")
        .isEmpty();
    JsonObject several =
        new JsonObject()
            .put("objective/scores/helpful", 3.5)
            .put("objective/scores/right", 0.75)
            .put("objective/scores/length", 61);
    server.push("step", scored(122, several));
    Browser.until(
        () -> browser.text("[data-curve='objective/scores/right'] .value").equals("0.750"));
    assertThat(browser.all(".curve .title"))
        .extracting(WebElement::getText)
        .startsWith(
            "Reward", "Score: helpful", "Score: length", "Score: right", "KL to the reference");
    assertThat(browser.outOfPlace()).isEmpty();
  }

  @Test
  void showsWhatVersionsEarnOnHeldOutPrompts() {
    open();
    Browser.until(() -> curve("reward", "data-points").equals("120"));
    assertThat(browser.all("[data-curve='evaluation/reward']")).isEmpty();
    server.push("step", scored(121, evaluation(0, 0.25)));
    Browser.until(() -> browser.text("[data-curve='evaluation/reward'] .value").equals("0.250"));
    server.push("step", scored(122, evaluation(100, 0.625)));
    Browser.until(() -> browser.text("[data-curve='evaluation/reward'] .value").equals("0.625"));
    assertThat(browser.attribute("[data-curve='evaluation/reward'] .plot", "aria-label"))
        .as("by the step whose weights answered")
        .endsWith("0.625 at step 100");
    assertThat(browser.all(".curve .title"))
        .extracting(WebElement::getText)
        .startsWith("Reward", "Reward on held-out prompts", "KL to the reference");
  }

  private static JsonObject evaluation(int step, double reward) {
    return new JsonObject().put("evaluation/step", step).put("evaluation/reward", reward);
  }

  private static JsonObject scored(int step, JsonObject values) {
    JsonObject event = Run.step(step);
    event.getJsonObject("values").mergeIn(values);
    return event;
  }

  @Test
  void comesBackAndAsksForWhatItMissed() {
    open();
    Browser.until(() -> curve("reward", "data-points").equals("120"));
    server.goAway();
    Browser.until(() -> browser.attribute("#connection", "data-state").equals("lost"));
    Run.prepare(server, 124);
    server.comeBack();
    Browser.until(() -> browser.attribute("#connection", "data-state").equals("live"));
    Browser.until(() -> curve("reward", "data-points").equals("124"));
    assertThat(browser.text("#tile-step")).isEqualTo("124");
    assertThat(server.requests()).contains("GET /api/v1/metrics?after=120");
    server.push("step", Run.step(125));
    Browser.until(() -> curve("reward", "data-points").equals("125"));
  }

  @Test
  void comparesBeforeAndAfter() {
    open();
    browser.click("#samples-list li:first-child button");
    Browser.until(() -> new Select(browser.find("#before")).getOptions().size() == 2);
    assertThat(new Select(browser.find("#before")).getFirstSelectedOption().getText())
        .isEqualTo("version 0.1");
    assertThat(new Select(browser.find("#after")).getFirstSelectedOption().getText())
        .isEqualTo("version 0.120");
    assertThat(browser.text("#before-text")).contains("The car was loud");
    assertThat(browser.text("#after-text")).contains("The cat was shy");
    browser.click("#sample-differences");
    Browser.until(() -> !browser.all("#before-text mark").isEmpty());
    assertThat(browser.all("#before-text mark")).extracting(WebElement::getText).contains("car");
    assertThat(browser.text("#before-figures")).startsWith("score 1.82 · KL 0.040");
    assertThat(browser.text("#after-figures"))
        .as("of several scorers each score")
        .startsWith("helpful 8.31 · right 1 · KL 7.60");
    browser.find("#samples-filter").sendKeys("frog");
    Browser.until(() -> browser.all("#samples-list li").size() == 3);
  }

  @Test
  void ratesASample() {
    open();
    browser.click("#samples-list li:first-child button");
    Browser.until(() -> browser.find("#rate-good").isDisplayed());
    browser.click("#rate-good");
    Browser.until(() -> browser.text("#rating-said").equals("Rated good."));
    assertThat(server.ratings()).hasSize(1);
    assertThat(server.ratings().values()).containsOnly(new JsonObject().put("value", 1));
    assertThat(browser.find("#rate-bad").isEnabled()).as("the first rating counts").isFalse();
    assertThat(browser.outOfPlace()).isEmpty();
  }

  @Test
  void aViewerRatesNothing() {
    server.role("viewer");
    open();
    browser.click("#samples-list li:first-child button");
    Browser.until(() -> browser.find("#after-text").isDisplayed());
    assertThat(browser.find("#rating").isDisplayed()).isFalse();
  }

  @Test
  void asksBeforeItControls() {
    open();
    browser.click("#pause");
    Browser.until(() -> browser.find("#confirm").isDisplayed());
    browser.click("#confirm button[value=no]");
    browser.click("#pause");
    browser.click("#confirm-yes");
    Browser.until(() -> server.commands().size() == 1);
    browser.click("#roll-back");
    Browser.until(() -> browser.find("#confirm-step").isDisplayed());
    browser.find("#confirm-step").sendKeys("96");
    browser.click("#confirm-yes");
    Browser.until(() -> server.commands().size() == 2);
    browser.click("#annotators tr:last-child button");
    browser.click("#confirm-yes");
    Browser.until(() -> browser.text("#notices").contains("7 judgements of chidi are withdrawn"));
    assertThat(server.commands())
        .filteredOn(command -> command.containsKey("action"))
        .extracting(command -> UUID.fromString(command.getString("commandId")))
        .doesNotHaveDuplicates();
    assertThat(server.commands().stream().map(DashboardPageTest::withoutId))
        .containsExactly(
            new JsonObject().put("action", "pause"),
            new JsonObject().put("action", "roll-back").put("step", 96),
            new JsonObject().put("forget", "chidi"));
  }

  private static JsonObject withoutId(JsonObject command) {
    JsonObject copy = command.copy();
    copy.remove("commandId");
    return copy;
  }

  @Test
  void sendsACommandWhoseAnswerWasLostAgainAsTheSameCommand() {
    open();
    server.loseAnswers();
    browser.click("#roll-back");
    Browser.until(() -> browser.find("#confirm-step").isDisplayed());
    browser.click("#confirm-yes");
    Browser.until(() -> server.commands().size() >= 2);
    server.comeBack();
    Browser.until(() -> browser.text("#notices").contains("Roll back: sent to the run."));
    assertThat(server.commands()).allMatch(command -> command.equals(server.commands().get(0)));
    int sent = server.commands().size();
    browser.click("#roll-back");
    browser.click("#confirm-yes");
    Browser.until(() -> server.commands().size() > sent);
    assertThat(server.commands().get(sent).getString("commandId"))
        .as("asked for once more, it is another command")
        .isNotEqualTo(server.commands().get(0).getString("commandId"));
  }

  @Test
  void offersAViewerNoControls() {
    server.role("viewer");
    open();
    Browser.until(() -> browser.all("#annotators tr").size() == 3);
    assertThat(browser.find("#controls").isDisplayed()).isFalse();
    assertThat(browser.all("#annotators button")).isEmpty();
  }

  @Test
  void showsHostileTextHarmlessly() {
    JsonArray rollouts = new JsonArray();
    for (String text :
        List.of(
            HostileTexts.MARKUP,
            HostileTexts.OVERRIDE,
            HostileTexts.ONE_WORD,
            HostileTexts.MARKS,
            HostileTexts.LINES)) {
      rollouts.add(
          Run.rollout(rollouts.size(), STEPS)
              .put("promptId", "hostile")
              .put("prompt", text)
              .put("response", text));
    }
    server.answer("/rollouts", new JsonObject().put("rollouts", rollouts));
    server.answer(
        "/prompts/hostile/rollouts",
        new JsonObject()
            .put(
                "rollouts",
                new JsonArray().add(rollouts.getJsonObject(0)).add(rollouts.getJsonObject(2))));
    server.answer(
        "/dead-letters",
        new JsonObject()
            .put("deadLetters", new JsonArray().add(Run.deadLetter("INVALID", HostileTexts.MARKUP)))
            .put("counts", new JsonObject().put(HostileTexts.MARKUP, 1)));
    server.answer(
        "/annotators",
        new JsonObject()
            .put("all", Run.annotator("", 1, 0, 0, 0, 0, 1, 1))
            .put(
                "annotators",
                new JsonArray().add(Run.annotator(HostileTexts.OVERRIDE, 1, 0, 0, 0, 0, 1, 1))));
    server.answer("/status", Run.status(STEPS).put("run", HostileTexts.MARKUP));
    open();
    Browser.until(() -> browser.all("#samples-list button").size() == 5);
    assertThat(browser.text("#samples-list li:first-child .response"))
        .startsWith("<script>window.harmed");
    Browser.until(() -> browser.text("#annotators").contains("U+202Egnp.exe"));
    browser.click("#samples-list li:nth-child(3) button");
    Browser.until(() -> new Select(browser.find("#before")).getOptions().size() == 2);
    assertThat(browser.text("#before-text") + browser.text("#after-text"))
        .contains("<script>window.harmed")
        .contains("wwwwwww");
    assertThat(browser.script("return window.harmed ?? false")).isEqualTo(false);
    assertThat(browser.outOfPlace()).isEmpty();
  }

  @Test
  void leadsToTheLogin() {
    server.endSessions();
    open();
    Browser.until(() -> browser.path().equals("/login"));
    browser.find("#token").sendKeys("a-good-token");
    browser.click("#sign-in");
    Browser.until(() -> browser.path().equals("/dashboard"));
  }

  @Test
  void fitsAPhone() {
    browser.asPhone();
    open();
    Browser.until(() -> browser.all("#annotators tr").size() == 3);
    assertThat(browser.find("svg.tall").isDisplayed()).isTrue();
    assertThat(browser.find("svg.wide").isDisplayed()).isFalse();
    assertThat(browser.outOfPlace()).isEmpty();
  }

  private static void open() {
    browser.open(server.address("/dashboard"));
  }

  private static String curve(String id, String attribute) {
    return browser.attribute("[data-curve=" + id + "]", attribute);
  }
}
