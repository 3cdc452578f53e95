package org.rlhfstreams.service.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.schemas.Topics;

/** What one role alone may do, no other may. */
final class RoleAccessTest {
  private static final Topics TOPICS = new Topics("run.", 4);

  /** Which roles may do something with a topic. */
  private static Set<Role> may(AclOperation operation, Topic topic) {
    return Arrays.stream(Role.values())
        .filter(
            role ->
                RoleAccess.of(role, TOPICS).stream()
                    .filter(rule -> rule.resource().resourceType() == ResourceType.TOPIC)
                    .filter(
                        rule ->
                            rule.isPrefixed()
                                ? topic.name().startsWith(rule.resource().name())
                                : topic.name().equals(rule.resource().name()))
                    .anyMatch(rule -> rule.operations().contains(operation)))
        .collect(Collectors.toCollection(() -> EnumSet.noneOf(Role.class)));
  }

  @Test
  void everyTopicHasTheWritersThatItShould() {
    assertThat(may(AclOperation.WRITE, TOPICS.policyWeights())).containsExactly(Role.LEARNER);
    assertThat(may(AclOperation.WRITE, TOPICS.rewardWeights())).containsExactly(Role.LEARNER);
    assertThat(may(AclOperation.WRITE, TOPICS.trainingMetrics())).containsExactly(Role.LEARNER);
    assertThat(may(AclOperation.WRITE, TOPICS.runs())).containsExactly(Role.LEARNER);
    assertThat(may(AclOperation.WRITE, TOPICS.prompts())).containsExactly(Role.SETUP, Role.PEOPLE);
    assertThat(may(AclOperation.WRITE, TOPICS.rollouts())).containsExactly(Role.ROLLOUT_WORKER);
    assertThat(may(AclOperation.WRITE, TOPICS.scoredRollouts())).containsExactly(Role.CONTROLLER);
    assertThat(may(AclOperation.WRITE, TOPICS.scores()))
        .containsExactly(Role.REWARD_SERVICE, Role.EXTERNAL_SCORER, Role.PEOPLE);
    assertThat(may(AclOperation.WRITE, TOPICS.preferences()))
        .containsExactly(Role.CONTROLLER, Role.PEOPLE, Role.ANNOTATOR);
    assertThat(may(AclOperation.WRITE, TOPICS.judgements()))
        .containsExactly(Role.PEOPLE, Role.ANNOTATOR);
    assertThat(may(AclOperation.WRITE, TOPICS.controls())).containsExactly(Role.PEOPLE);
    for (Topic derived :
        List.of(
            TOPICS.rolloutRequests(),
            TOPICS.evaluationRequests(),
            TOPICS.scoredEvaluations(),
            TOPICS.rolloutStatistics(),
            TOPICS.comparisons(),
            TOPICS.annotatorStatistics())) {
      assertThat(may(AclOperation.WRITE, derived)).containsExactly(Role.CONTROLLER);
    }
  }

  @Test
  void whoBringsInWhatPeopleThinkSeesQuestionsAndNothingElse() {
    assertThat(may(AclOperation.READ, TOPICS.comparisons()))
        .containsExactly(Role.CONTROLLER, Role.PEOPLE, Role.ANNOTATOR, Role.OPERATOR);
    for (Topic topic : TOPICS.all()) {
      if (!topic.name().equals(TOPICS.comparisons().name())) {
        assertThat(may(AclOperation.READ, topic)).doesNotContain(Role.ANNOTATOR);
      }
    }
    assertThat(may(AclOperation.READ, TOPICS.judgements()))
        .containsExactly(Role.CONTROLLER, Role.PEOPLE, Role.OPERATOR);
  }

  @Test
  void everyTopicThatARunNeedsIsReadByWhoActsOnIt() {
    assertThat(may(AclOperation.READ, TOPICS.controls()))
        .containsExactly(Role.CONTROLLER, Role.PEOPLE, Role.LEARNER, Role.OPERATOR);
    assertThat(may(AclOperation.READ, TOPICS.preferences()))
        .containsExactly(Role.PEOPLE, Role.LEARNER, Role.OPERATOR);
    assertThat(may(AclOperation.READ, TOPICS.rollouts()))
        .containsExactly(
            Role.REWARD_SERVICE, Role.EXTERNAL_SCORER, Role.CONTROLLER, Role.PEOPLE, Role.OPERATOR);
    assertThat(may(AclOperation.READ, TOPICS.scores()))
        .containsExactly(Role.REWARD_SERVICE, Role.CONTROLLER, Role.LEARNER, Role.OPERATOR);
    assertThat(may(AclOperation.READ, TOPICS.runs()))
        .containsExactly(Role.CONTROLLER, Role.LEARNER, Role.OPERATOR);
    assertThat(may(AclOperation.READ, TOPICS.prompts()))
        .containsExactly(Role.SETUP, Role.CONTROLLER, Role.OPERATOR);
  }

  @Test
  void onlyTheLearnerDeletesAndOnlyOldWeights() {
    for (Topic topic : TOPICS.all()) {
      boolean weights = topic.name().endsWith("-weights");
      assertThat(may(AclOperation.DELETE, topic))
          .isEqualTo(weights ? EnumSet.of(Role.LEARNER) : EnumSet.noneOf(Role.class));
      assertThat(may(AclOperation.ALTER, topic)).isEmpty();
      assertThat(may(AclOperation.ALTER_CONFIGS, topic)).isEmpty();
      assertThat(may(AclOperation.CREATE, topic)).containsExactly(Role.SETUP);
    }
  }

  @Test
  void aRuleIsACommand() {
    assertThat(
            RoleAccess.of(Role.ROLLOUT_WORKER, TOPICS).stream()
                .map(rule -> rule.command("--bootstrap-server b:1", "User:worker")))
        .containsExactly(
            "kafka-acls.sh --bootstrap-server b:1 --add --allow-principal 'User:worker' --operation"
                + " Read --operation DescribeConfigs --topic 'run.policy-weights'",
            "kafka-acls.sh --bootstrap-server b:1 --add --allow-principal 'User:worker' --operation"
                + " Read --operation DescribeConfigs --topic 'run.rollout-requests'",
            "kafka-acls.sh --bootstrap-server b:1 --add --allow-principal 'User:worker' --operation"
                + " Read --operation DescribeConfigs --topic 'run.evaluation-requests'",
            "kafka-acls.sh --bootstrap-server b:1 --add --allow-principal 'User:worker' --operation"
                + " Write --operation DescribeConfigs --topic 'run.rollouts'",
            "kafka-acls.sh --bootstrap-server b:1 --add --allow-principal 'User:worker' --operation"
                + " Write --operation DescribeConfigs --topic 'run.dead-letters'",
            "kafka-acls.sh --bootstrap-server b:1 --add --allow-principal 'User:worker' --operation"
                + " Read --operation Write --operation DescribeConfigs --topic 'run.positions'",
            "kafka-acls.sh --bootstrap-server b:1 --add --allow-principal 'User:worker' --operation"
                + " Read --group 'run.rollout-workers'",
            "kafka-acls.sh --bootstrap-server b:1 --add --allow-principal 'User:worker' --operation"
                + " Write --transactional-id 'run.rollout-workers-' --resource-pattern-type"
                + " prefixed",
            "kafka-acls.sh --bootstrap-server b:1 --add --allow-principal 'User:worker' --operation"
                + " Read --group 'run.evaluation-workers'",
            "kafka-acls.sh --bootstrap-server b:1 --add --allow-principal 'User:worker' --operation"
                + " Write --transactional-id 'run.evaluation-workers-' --resource-pattern-type"
                + " prefixed");
  }

  @Test
  void anExternalScorerReadsRolloutsInItsOwnGroupAndWritesScoresAndNothingElse() {
    assertThat(
            RoleAccess.of(Role.EXTERNAL_SCORER, TOPICS, List.of("polite")).stream()
                .map(rule -> rule.described() + " " + rule.operations()))
        .containsExactly(
            "topic run.rollouts [READ]",
            "topic run.scores [WRITE]",
            "group run.scorer-polite [READ]");
    assertThat(RoleAccess.of(Role.EXTERNAL_SCORER, TOPICS))
        .noneMatch(AccessRule::isPrefixed)
        .allMatch(rule -> rule.resource().resourceType() == ResourceType.TOPIC);
  }

  @Test
  void withoutAPrefixARuleForAllNamesAll() {
    assertThat(RoleAccess.of(Role.OPERATOR, new Topics("", 1)))
        .allSatisfy(rule -> assertThat(rule.resource().name()).isEqualTo("*"))
        .noneMatch(AccessRule::isPrefixed);
  }
}
