package org.rlhfstreams.service.access;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.schemas.Topics;

/**
 * Who may do what: the least that each role runs with. What is not here, a broker with an
 * authorizer refuses. Read and Write include Describe; a role also looks at the settings of its
 * topics when it starts.
 */
public final class RoleAccess {
  private final Topics topics;
  private final Map<String, Set<AclOperation>> byTopic = new LinkedHashMap<>();
  private final List<AccessRule> rules = new ArrayList<>();

  private RoleAccess(Topics topics) {
    this.topics = topics;
  }

  /** The rules of a role, topics first; of an external scorer those that all of them share. */
  public static List<AccessRule> of(Role role, Topics topics) {
    return of(role, topics, List.of());
  }

  /**
   * The rules of a role, topics first.
   *
   * @param externalScorers names of the rewards whose groups an external scorer may be a member of;
   *     with another one it would take partitions away from the scorer whose group that is
   */
  public static List<AccessRule> of(Role role, Topics topics, List<String> externalScorers) {
    RoleAccess access = new RoleAccess(topics);
    switch (role) {
      case SETUP -> access.setup();
      case ROLLOUT_WORKER -> access.rolloutWorker();
      case REWARD_SERVICE -> access.rewardService();
      case EXTERNAL_SCORER -> access.externalScorer(externalScorers);
      case CONTROLLER -> access.controller();
      case PEOPLE -> access.people();
      case LEARNER -> access.learner();
      case ANNOTATOR -> access.annotator();
      case OPERATOR -> access.operator();
    }
    List<AccessRule> all = new ArrayList<>();
    access.byTopic.forEach(
        (name, operations) ->
            all.add(
                new AccessRule(
                    new ResourcePattern(ResourceType.TOPIC, name, PatternType.LITERAL),
                    operations)));
    all.addAll(access.rules);
    return all;
  }

  /** The topics that a role works with by name; for one that works with all of them, all. */
  public static List<Topic> topics(Role role, Topics topics) {
    if (role == Role.SETUP || role == Role.OPERATOR) {
      return topics.all();
    }
    List<String> names = of(role, topics).stream().map(rule -> rule.resource().name()).toList();
    return topics.all().stream().filter(topic -> names.contains(topic.name())).toList();
  }

  private void setup() {
    all(
        ResourceType.TOPIC,
        AclOperation.CREATE,
        AclOperation.DESCRIBE,
        AclOperation.DESCRIBE_CONFIGS);
    read(topics.prompts()); // an import publishes what is missing
    write(topics.prompts());
    named(ResourceType.TRANSACTIONAL_ID, GroupNames.PROMPT_IMPORT, AclOperation.WRITE);
  }

  private void rolloutWorker() {
    read(topics.policyWeights());
    read(topics.rolloutRequests());
    read(topics.evaluationRequests());
    write(topics.rollouts());
    write(topics.deadLetters());
    keepPositions();
    member(GroupNames.ROLLOUT_WORKERS);
    member(GroupNames.EVALUATION_WORKERS);
  }

  private void rewardService() {
    read(topics.rewardWeights());
    read(topics.rollouts());
    write(topics.scores());
    read(topics.scores()); // rlhf rescore sends nothing twice
    keepPositions();
    // A group for each scorer.
    beginning(ResourceType.GROUP, GroupNames.SCORERS, AclOperation.READ);
    beginning(ResourceType.TRANSACTIONAL_ID, GroupNames.SCORERS, AclOperation.WRITE);
  }

  /** It looks at no settings: its clients are somebody else's. */
  private void externalScorer(List<String> names) {
    byTopic.put(topics.rollouts().name(), EnumSet.of(AclOperation.READ));
    byTopic.put(topics.scores().name(), EnumSet.of(AclOperation.WRITE));
    for (String name : names) {
      named(ResourceType.GROUP, GroupNames.SCORERS + name, AclOperation.READ);
    }
  }

  private void controller() {
    // Admission and statistics.
    read(topics.prompts());
    read(topics.runs());
    read(topics.trainingMetrics());
    read(topics.deadLetters());
    read(topics.scoredRollouts());
    read(topics.controls());
    // The join of scores.
    read(topics.rollouts());
    read(topics.scores());
    write(topics.scoredRollouts());
    write(topics.scoredEvaluations());
    write(topics.rolloutRequests());
    write(topics.evaluationRequests());
    write(topics.rolloutStatistics());
    write(topics.deadLetters());
    // Questions for people and what becomes of the answers.
    read(topics.comparisons());
    write(topics.comparisons());
    read(topics.judgements());
    write(topics.preferences());
    write(topics.annotatorStatistics());
    keepPositions();
    member(GroupNames.TOPOLOGIES);
    // Their stores' changelogs and what goes from one to the other, which is deleted when done.
    beginning(
        ResourceType.TOPIC,
        GroupNames.TOPOLOGIES + "-",
        AclOperation.CREATE,
        AclOperation.READ,
        AclOperation.WRITE,
        AclOperation.DELETE,
        AclOperation.DESCRIBE_CONFIGS);
  }

  private void people() {
    // What people send.
    for (Topic sent :
        List.of(
            topics.judgements(),
            topics.preferences(),
            topics.prompts(),
            topics.controls(),
            topics.scores())) {
      write(sent);
    }
    named(ResourceType.TRANSACTIONAL_ID, GroupNames.PEOPLE, AclOperation.WRITE);
    // What they look at.
    for (Topic shown :
        List.of(
            topics.comparisons(),
            topics.judgements(),
            topics.preferences(),
            topics.controls(),
            topics.rollouts(),
            topics.scoredRollouts(),
            topics.trainingMetrics(),
            topics.deadLetters(),
            topics.rolloutStatistics(),
            topics.annotatorStatistics())) {
      read(shown);
    }
    // How far every stage is.
    all(ResourceType.GROUP, AclOperation.DESCRIBE);
    for (Topic measured : List.of(topics.rolloutRequests(), topics.scores())) {
      allow(measured, AclOperation.DESCRIBE);
    }
  }

  private void learner() {
    read(topics.scoredRollouts());
    read(topics.scoredEvaluations());
    read(topics.scores()); // a replay finds there what rollouts have been given since
    read(topics.preferences());
    read(topics.controls());
    for (Topic weights : List.of(topics.policyWeights(), topics.rewardWeights())) {
      write(weights);
      read(weights);
      allow(weights, AclOperation.DELETE); // old versions
    }
    // Read, to find transactions that a crash has left open.
    for (Topic written : List.of(topics.runs(), topics.trainingMetrics(), topics.deadLetters())) {
      write(written);
      read(written);
    }
    keepPositions();
    beginning(ResourceType.GROUP, GroupNames.LEARNERS, AclOperation.READ);
    beginning(ResourceType.TRANSACTIONAL_ID, GroupNames.LEARNERS, AclOperation.WRITE);
  }

  private void annotator() {
    read(topics.comparisons());
    write(topics.judgements());
    write(topics.preferences());
    write(topics.deadLetters());
  }

  private void operator() {
    all(ResourceType.TOPIC, AclOperation.READ, AclOperation.DESCRIBE_CONFIGS);
    all(ResourceType.GROUP, AclOperation.DESCRIBE);
  }

  /** How far a group has come is written with what became of its records, and read at start. */
  private void keepPositions() {
    read(topics.positions());
    write(topics.positions());
  }

  private void read(Topic topic) {
    allow(topic, AclOperation.READ);
  }

  private void write(Topic topic) {
    allow(topic, AclOperation.WRITE);
  }

  private void allow(Topic topic, AclOperation operation) {
    Set<AclOperation> operations =
        byTopic.computeIfAbsent(topic.name(), name -> EnumSet.of(AclOperation.DESCRIBE_CONFIGS));
    operations.add(operation);
  }

  /** A member of a group, whose own name in transactions follows the group's. */
  private void member(String group) {
    named(ResourceType.GROUP, group, AclOperation.READ);
    beginning(ResourceType.TRANSACTIONAL_ID, group + "-", AclOperation.WRITE);
  }

  private void named(ResourceType type, String name, AclOperation operation) {
    rules.add(
        new AccessRule(
            new ResourcePattern(type, topics.prefix() + name, PatternType.LITERAL),
            EnumSet.of(operation)));
  }

  private void beginning(ResourceType type, String name, AclOperation... operations) {
    rules.add(
        new AccessRule(
            new ResourcePattern(type, topics.prefix() + name, PatternType.PREFIXED),
            Set.of(operations)));
  }

  /** All under the prefix; without one, all there are. */
  private void all(ResourceType type, AclOperation... operations) {
    if (topics.prefix().isEmpty()) {
      rules.add(
          new AccessRule(
              new ResourcePattern(type, ResourcePattern.WILDCARD_RESOURCE, PatternType.LITERAL),
              Set.of(operations)));
    } else {
      beginning(type, "", operations);
    }
  }
}
