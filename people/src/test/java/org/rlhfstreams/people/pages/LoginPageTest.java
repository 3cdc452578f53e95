package org.rlhfstreams.people.pages;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Signing in, by a person, a password manager or a screen reader. */
@Tag("slow")
final class LoginPageTest extends InBrowser {
  private static void open() {
    browser.open(server.address("/login"));
    Browser.until(() -> browser.find("#sign-in").isDisplayed());
  }

  private static void shows(String field, String other) {
    Browser.until(
        () -> browser.find("#" + field).isDisplayed() && !browser.find("#" + other).isDisplayed());
  }

  @Test
  void asksForATokenAloneIfTheServerDoes() {
    server.endSessions();
    open();
    shows("token", "name");
    assertThat(browser.attribute("#token", "name")).isEqualTo("token");
    assertThat(browser.attribute("#token", "type")).isEqualTo("password");
    assertThat(browser.attribute("#token", "autocomplete")).isEqualTo("current-password");
    assertThat(browser.find("#token").getAccessibleName()).isEqualTo("Token");
    assertThat(browser.seriousFaults()).isEmpty();
  }

  @Test
  void saysWhatMendsAnEmptyOrWrongToken() {
    server.endSessions();
    open();
    shows("token", "name");
    browser.click("#sign-in");
    Browser.until(() -> browser.text("#problem").contains("Enter your token"));
    assertThat(browser.text("#problem")).contains("rlhf people token");
    assertThat(browser.attribute("#token", "aria-invalid")).isEqualTo("true");
    assertThat(browser.attribute("#token", "aria-describedby")).contains("problem");

    browser.find("#token").sendKeys("a-wrong-token");
    browser.click("#sign-in");
    Browser.until(() -> browser.text("#problem").contains("Copy it again"));
    assertThat(browser.script("return document.activeElement.id")).isEqualTo("token");

    browser.find("#token").clear();
    browser.find("#token").sendKeys(" a-good-token ");
    browser.click("#sign-in");
    Browser.until(() -> browser.path().equals("/annotate"));
  }

  @Test
  void asksForANameAloneIfThatIsEnough() {
    server.askForNoTokens();
    open();
    shows("name", "token");
    assertThat(browser.attribute("#name", "autocomplete")).isEqualTo("username");
    assertThat(browser.find("#name").getAccessibleName()).isEqualTo("Name");
    browser.find("#name").sendKeys("anna lee");
    browser.click("#sign-in");
    Browser.until(() -> browser.text("#problem").contains("letters, digits and"));
    assertThat(browser.attribute("#name", "aria-invalid")).isEqualTo("true");
    browser.find("#name").clear();
    browser.find("#name").sendKeys("anna.lee");
    browser.click("#sign-in");
    Browser.until(() -> browser.path().equals("/annotate"));
  }
}
