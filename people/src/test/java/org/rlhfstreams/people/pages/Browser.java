package org.rlhfstreams.people.pages;

import static org.awaitility.Awaitility.await;

import com.deque.html.axecore.results.Results;
import com.deque.html.axecore.results.Rule;
import com.deque.html.axecore.selenium.AxeBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** Chromium without a window, which reaches loopback and nothing else. */
public final class Browser implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(20);

  /** It warns of each browser that is newer than itself. */
  private static final Logger SELENIUM = Logger.getLogger("org.openqa.selenium");

  private final ChromeDriver driver;

  /** Starts the browser that {@link ChromiumNeeded} found. */
  public static Browser start() {
    SELENIUM.setLevel(Level.SEVERE);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(ChromiumNeeded.browser().orElseThrow().toFile());
    options.addArguments(
        "--headless=new",
        // In a container there are no name spaces for its own sandbox, and little shared memory.
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-default-apps",
        "--disable-extensions",
        "--disable-sync",
        "--disable-search-engine-choice-screen",
        // A page that is kept for going back keeps its stream, and six connections are all there
        // are.
        "--disable-features=OptimizationHints,Translate,MediaRouter,BackForwardCache",
        "--no-first-run",
        "--no-default-browser-check",
        "--no-pings",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        "--force-color-profile=srgb",
        "--hide-scrollbars");
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    options.setCapability("goog:loggingPrefs", logs);
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(ChromiumNeeded.driver().orElseThrow().toFile())
            .usingAnyFreePort()
            .build();
    return new Browser(new ChromeDriver(service, options));
  }

  private Browser(ChromeDriver driver) {
    this.driver = driver;
    driver.manage().timeouts().scriptTimeout(Duration.ofSeconds(60));
  }

  public void open(String address) {
    driver.get(address);
  }

  /** Forgets what pages have stored, on the page that is open, and their log. */
  public void forget() {
    driver.executeScript(
        "try { localStorage.clear(); sessionStorage.clear(); } catch { /* a page without origin */ }");
    driver.manage().deleteAllCookies();
    driver.get("about:blank");
    driver.manage().logs().get(LogType.BROWSER);
  }

  /** A desktop's size in CSS pixels. */
  public void asDesktop() {
    size(1280, 800, 1, false);
  }

  /** A phone's size in CSS pixels, and its touch screen. */
  public void asPhone() {
    size(390, 844, 2, true);
  }

  private void size(int width, int height, int scale, boolean mobile) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", scale, "mobile", mobile));
  }

  /** What the system asks of pages: light or dark. */
  public void prefers(String scheme) {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(
                Map.of("name", "prefers-color-scheme", "value", scheme),
                Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
  }

  public WebElement find(String selector) {
    return driver.findElement(By.cssSelector(selector));
  }

  public List<WebElement> all(String selector) {
    return driver.findElements(By.cssSelector(selector));
  }

  /** The text content of the first that matches, shown or not; empty where none does. */
  public String text(String selector) {
    return (String)
        script("return document.querySelector(arguments[0])?.textContent ?? ''", selector);
  }

  /** An attribute of the first that matches; empty where it has none. */
  public String attribute(String selector, String name) {
    return (String)
        script(
            "return document.querySelector(arguments[0])?.getAttribute(arguments[1]) ?? ''",
            selector,
            name);
  }

  /** Clicks as soon as there is something to click. */
  public void click(String selector) {
    until(() -> all(selector).stream().anyMatch(WebElement::isDisplayed));
    // Nothing that stays on the screen may cover it.
    script("document.querySelector(arguments[0]).scrollIntoView({block: 'center'})", selector);
    find(selector).click();
  }

  /** Presses keys with nothing but the page in focus. */
  public void press(CharSequence... keys) {
    new Actions(driver).sendKeys(keys).perform();
  }

  public void pressEscape() {
    press(Keys.ESCAPE);
  }

  public Object script(String script, Object... arguments) {
    return driver.executeScript(script, arguments);
  }

  /** Runs a script that calls back with its result: its last argument is the callback. */
  Object asynchronousScript(String script, Object... arguments) {
    return driver.executeAsyncScript(script, arguments);
  }

  public String path() {
    return (String) script("return location.pathname");
  }

  public static void until(Callable<Boolean> condition) {
    await().atMost(PATIENCE).pollInterval(Duration.ofMillis(25)).until(condition);
  }

  /** Whatever reaches beyond the screen, and labels that do not fit their buttons, a line each. */
  public List<?> outOfPlace() {
    return (List<?>)
        script(
            """
            const width = document.documentElement.clientWidth;
            const clipped = (element) => {
              for (let up = element.parentElement; up; up = up.parentElement) {
                if (getComputedStyle(up).overflowX !== "visible" && up !== document.documentElement) return true;
              }
              return false;
            };
            const faults = [...document.body.querySelectorAll("*")]
              .filter((element) => element.checkVisibility() && !element.closest(".only-read, .jump"))
              .filter((element) =>
                (element.getBoundingClientRect().right > width + 1 && !clipped(element))
                || (element.matches("button, dt, .figure, .chip") && element.scrollWidth > element.clientWidth + 1))
              .map((element) => element.outerHTML.slice(0, 120));
            if (document.documentElement.scrollWidth > width) faults.push("the page scrolls sideways");
            return faults;
            """);
  }

  /** Faults that axe-core finds serious or critical, a line each. */
  public List<String> seriousFaults() {
    Results results = new AxeBuilder().analyze(driver);
    return results.getViolations().stream()
        .filter(rule -> Set.of("serious", "critical").contains(rule.getImpact()))
        .map(Browser::line)
        .toList();
  }

  private static String line(Rule rule) {
    return rule.getId()
        + ": "
        + rule.getHelp()
        + rule.getNodes().stream()
            .map(node -> "\n  " + node.getHtml() + " " + node.getFailureSummary())
            .toList();
  }

  /** What the page's policy forbade and what went wrong in its scripts, a line each. */
  public List<String> complaints() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .map(entry -> entry.getMessage())
        .filter(
            message ->
                message.contains("Content Security Policy")
                    || message.contains("Uncaught")
                    || message.contains("Error:"))
        .toList();
  }

  /** Writes what is on the screen as PNG. */
  public void photograph(Path file) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.write(file, driver.getScreenshotAs(OutputType.BYTES));
  }

  @Override
  public void close() {
    driver.quit();
  }
}
