import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;

/** Says at a build's end which test classes took longest: java SlowestTests.java ROOT. */
final class SlowestTests {
  private static final int SHOWN = 10;

  private record Timed(String module, String test, double seconds) {}

  public static void main(String[] arguments) throws Exception {
    List<Timed> all = new ArrayList<>();
    for (Path report : reports(Path.of(arguments[0]))) {
      Element suite =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(report.toFile())
              .getDocumentElement();
      String name = suite.getAttribute("name");
      all.add(
          new Timed(
              report.getParent().getParent().getParent().getFileName().toString(),
              name.substring(name.lastIndexOf('.') + 1),
              Double.parseDouble(suite.getAttribute("time"))));
    }
    all.sort(Comparator.comparingDouble(Timed::seconds).reversed());
    System.out.printf(
        Locale.ROOT,
        "%d test classes took %.0f s in all; the slowest:%n",
        all.size(),
        all.stream().mapToDouble(Timed::seconds).sum());
    for (Timed timed : all.subList(0, Math.min(SHOWN, all.size()))) {
      System.out.printf(
          Locale.ROOT, "%7.1f s  %s (%s)%n", timed.seconds(), timed.test(), timed.module());
    }
  }

  private static List<Path> reports(Path root) throws IOException {
    List<Path> reports = new ArrayList<>();
    try (Stream<Path> modules = Files.list(root.toAbsolutePath().normalize())) {
      for (Path module : modules.toList()) {
        Path folder = module.resolve("target").resolve("surefire-reports");
        if (Files.isDirectory(folder)) {
          try (Stream<Path> files = Files.list(folder)) {
            files.filter(file -> file.getFileName().toString().matches("TEST-.*\\.xml"))
                .forEach(reports::add);
          }
        }
      }
    }
    return reports;
  }
}
