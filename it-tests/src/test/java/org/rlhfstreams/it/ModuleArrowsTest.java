package org.rlhfstreams.it;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The arrows between modules and packages point downward only. */
final class ModuleArrowsTest {
  private static JavaClasses classes;

  @BeforeAll
  static void read() {
    classes =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.rlhfstreams");
  }

  /** What each module may use of ours; what is not listed here, it may not. */
  private static final Map<String, Set<String>> MODULES =
      Map.ofEntries(
          Map.entry("common", Set.of()),
          Map.entry("schemas", Set.of("common", "events")),
          Map.entry("topology", Set.of("common", "events", "schemas")),
          Map.entry("templates", Set.of("common")),
          Map.entry("scorers", Set.of("common", "templates")),
          Map.entry("model", Set.of("common", "templates")),
          Map.entry("service", Set.of("common", "events", "schemas")),
          Map.entry("worker", Set.of("common", "events", "schemas", "service", "model")),
          Map.entry("reward", Set.of("common", "events", "schemas", "service", "model", "scorers")),
          Map.entry(
              "controller", Set.of("common", "events", "schemas", "service", "model", "topology")),
          Map.entry("people", Set.of("common", "events", "schemas", "service", "datasets")),
          Map.entry("learner", Set.of("common", "events", "schemas", "service", "model")),
          Map.entry("datasets", Set.of("common", "events", "schemas")),
          Map.entry(
              "evaluation",
              Set.of("common", "events", "schemas", "service", "model", "datasets", "learner")),
          Map.entry("embedded", Set.of("common", "events", "schemas", "service")));

  @TestFactory
  Stream<DynamicTest> aModuleUsesOnlyThoseBelowIt() {
    return MODULES.keySet().stream()
        .sorted()
        .map(module -> DynamicTest.dynamicTest(module, () -> usesOnlyThoseBelowIt(module)));
  }

  private static void usesOnlyThoseBelowIt(String module) {
    Set<String> allowed = new HashSet<>(MODULES.get(module));
    allowed.add(module);
    noClasses()
        .that()
        .resideInAPackage(packages(module))
        .should()
        .dependOnClassesThat(
            resideInAPackage("org.rlhfstreams..")
                .and(
                    not(
                        resideInAnyPackage(
                            allowed.stream()
                                .map(ModuleArrowsTest::packages)
                                .toArray(String[]::new)))))
        .check(classes);
  }

  private static String packages(String module) {
    return "org.rlhfstreams." + module + "..";
  }

  @Test
  void theModelAndTheScorersKnowNoKafka() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "org.rlhfstreams.model..", "org.rlhfstreams.templates..", "org.rlhfstreams.scorers..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.kafka..")
        .check(classes);
  }

  /** Events are generated, and called as on the wire; all that is written by hand has a name. */
  @Test
  void noTwoTypesHaveOneName() {
    Map<String, List<String>> named =
        classes.stream()
            .filter(type -> type.isTopLevelClass() && !type.getSimpleName().equals("package-info"))
            .filter(type -> !type.getPackageName().equals("org.rlhfstreams.events"))
            .collect(
                Collectors.groupingBy(
                    JavaClass::getSimpleName,
                    TreeMap::new,
                    Collectors.mapping(JavaClass::getName, Collectors.toList())));
    named.values().removeIf(types -> types.size() == 1);
    assertThat(named).isEmpty();
  }

  @Test
  void objectivesAndAdvantagesSeeNumbersAlone() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "org.rlhfstreams.learner.objectives..", "org.rlhfstreams.learner.advantage..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.kafka..",
            "org.rlhfstreams.events..",
            "org.rlhfstreams.schemas..",
            "org.rlhfstreams.model..",
            "org.rlhfstreams.learner.loop..",
            "org.rlhfstreams.learner.training..")
        .check(classes);
  }

  @Test
  void theLearnerNamesTheComputeThreadInOnePlace() {
    noClasses()
        .that()
        .resideInAPackage("org.rlhfstreams.learner..")
        .and()
        .resideOutsideOfPackage("org.rlhfstreams.learner.autograd..")
        .should()
        .dependOnClassesThat()
        .haveSimpleName("ComputeThread")
        .check(classes);
  }

  @Test
  void onlyTheLoopOfTheLearnerTouchesKafka() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "org.rlhfstreams.learner.training..",
            "org.rlhfstreams.learner.data..",
            "org.rlhfstreams.learner.checkpoint..",
            "org.rlhfstreams.learner.schedule..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.kafka..", "org.rlhfstreams.service.kafka..")
        .check(classes);
  }

  @Test
  void theControllerAloneHostsTopologies() {
    noClasses()
        .that()
        .resideOutsideOfPackages("org.rlhfstreams.topology..", "org.rlhfstreams.controller..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.rlhfstreams.topology..")
        .check(classes);
  }

  @Test
  void theControllerLoadsNoWeights() {
    noClasses()
        .that()
        .resideInAPackage("org.rlhfstreams.controller..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.rlhfstreams.model.decoder..", "org.rlhfstreams.model.training..")
        .check(classes);
  }

  @Test
  void confluentsClassesAreNamedInConfigurationOnly() {
    noClasses().should().dependOnClassesThat().resideInAPackage("io.confluent..").check(classes);
  }

  @Test
  void packagesOfAModuleHaveNoCycles() {
    slices().matching("org.rlhfstreams.(*).(*)..").should().beFreeOfCycles().check(classes);
  }
}
