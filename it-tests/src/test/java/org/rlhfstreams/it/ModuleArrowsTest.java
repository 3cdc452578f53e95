package org.rlhfstreams.it;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

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

  @Test
  void theModelKnowsNoKafkaAndNoOtherModule() {
    noClasses()
        .that()
        .resideInAPackage("org.rlhfstreams.model..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.kafka..",
            "org.rlhfstreams.events..",
            "org.rlhfstreams.schemas..",
            "org.rlhfstreams.service..",
            "org.rlhfstreams.topology..",
            "org.rlhfstreams.learner..",
            "org.rlhfstreams.worker..",
            "org.rlhfstreams.reward..",
            "org.rlhfstreams.controller..",
            "org.rlhfstreams.people..",
            "org.rlhfstreams.cli..")
        .check(classes);
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
  void whatPeopleReachKnowsNoModel() {
    noClasses()
        .that()
        .resideInAPackage("org.rlhfstreams.people..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.rlhfstreams.model..", "org.rlhfstreams.topology..", "org.rlhfstreams.cli..")
        .check(classes);
  }

  @Test
  void topologiesKnowSchemasAlone() {
    noClasses()
        .that()
        .resideInAPackage("org.rlhfstreams.topology..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.rlhfstreams.model..",
            "org.rlhfstreams.service..",
            "org.rlhfstreams.reward..",
            "org.rlhfstreams.controller..",
            "org.rlhfstreams.people..",
            "org.rlhfstreams.learner..",
            "org.rlhfstreams.worker..",
            "org.rlhfstreams.cli..")
        .check(classes);
  }

  @Test
  void rolesDoNotKnowEachOtherNorTheCommandLine() {
    List<String> roles = List.of("learner", "worker", "reward", "controller", "people");
    for (String role : roles) {
      noClasses()
          .that()
          .resideInAPackage("org.rlhfstreams." + role + "..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              Stream.concat(roles.stream(), Stream.of("cli", "embedded"))
                  .filter(other -> !other.equals(role))
                  .map(other -> "org.rlhfstreams." + other + "..")
                  .toArray(String[]::new))
          .check(classes);
    }
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
