package org.rlhfstreams.service.configuration;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Rewards as text: YAML's flow style, of which JSON is a part, {@code [{name: right, scorer: math,
 * weight: 2}]}. A reward without a name has its scorer's.
 */
final class RewardsText {
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> KEYS =
      new TreeSet<>(
          List.of("name", "scorer", "weight", "normalise", "clip", "required", "settings"));

  private RewardsText() {}

  /**
   * Reads them.
   *
   * @throws ValueParser.ExpectedException if the text is no list of rewards
   * @throws ConfigurationException if one of them contradicts itself
   */
  static List<RewardConfiguration> parse(String text) throws ValueParser.ExpectedException {
    if (text.isBlank()) {
      return List.of();
    }
    JsonNode list;
    try {
      list = YAML.readTree(text);
    } catch (JsonProcessingException e) {
      throw expected("it is not YAML: " + e.getOriginalMessage().lines().findFirst().orElse(""));
    }
    if (!list.isArray()) {
      throw expected("it is no list");
    }
    List<RewardConfiguration> rewards = new ArrayList<>();
    for (JsonNode reward : list) {
      rewards.add(reward(reward));
    }
    return rewards;
  }

  /** The text that gives the same again. */
  static String printed(List<RewardConfiguration> rewards) {
    try {
      return rewards.isEmpty()
          ? ""
          : JSON.writeValueAsString(rewards.stream().map(RewardConfiguration::written).toList());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("rewards are always printable", e);
    }
  }

  private static ValueParser.ExpectedException expected(String problem) {
    return new ValueParser.ExpectedException(
        "rewards such as [{name: right, scorer: math, weight: 2}]; " + problem);
  }

  private static RewardConfiguration reward(JsonNode node) throws ValueParser.ExpectedException {
    if (!node.isObject()) {
      throw expected("%s is no reward".formatted(node));
    }
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (!KEYS.contains(field.getKey())) {
        throw expected(
            "a reward has no key %s; nearest: %s. What a scorer needs of its own is below settings"
                .formatted(field.getKey(), NearestKey.to(field.getKey(), KEYS)));
      }
    }
    String scorer = node.path("scorer").asText();
    if (scorer.isBlank()) {
      throw expected(
          "%s has no scorer: name the kind, such as reward-model, or external for a program of your own"
              .formatted(node));
    }
    double weight = number(node, "weight", 1);
    return new RewardConfiguration(
        node.has("name") ? node.get("name").asText() : scorer,
        scorer,
        weight,
        normalisation(node),
        node.has("clip") ? OptionalDouble.of(number(node, "clip", 0)) : OptionalDouble.empty(),
        truth(node, weight != 0),
        settings(node.path("settings")));
  }

  private static double number(JsonNode node, String key, double otherwise)
      throws ValueParser.ExpectedException {
    JsonNode value = node.path(key);
    if (value.isMissingNode()) {
      return otherwise;
    }
    if (!value.isNumber()) {
      throw expected("%s is %s, which is no number".formatted(key, value));
    }
    return value.doubleValue();
  }

  private static boolean truth(JsonNode node, boolean otherwise)
      throws ValueParser.ExpectedException {
    JsonNode value = node.path("required");
    if (value.isMissingNode()) {
      return otherwise;
    }
    if (!value.isBoolean()) {
      throw expected("required is %s, which is neither true nor false".formatted(value));
    }
    return value.booleanValue();
  }

  private static RewardNormalisation normalisation(JsonNode node)
      throws ValueParser.ExpectedException {
    JsonNode value = node.path("normalise");
    if (value.isMissingNode()) {
      return RewardNormalisation.RAW;
    }
    for (RewardNormalisation one : RewardNormalisation.values()) {
      if (ValueParser.printed(one).equals(value.asText())) {
        return one;
      }
    }
    throw expected("normalise is %s, not one of raw, batch, group".formatted(value));
  }

  /** Values that are no texts, such as a schema, are texts of JSON. */
  private static Map<String, String> settings(JsonNode node) throws ValueParser.ExpectedException {
    if (node.isMissingNode()) {
      return Map.of();
    }
    if (!node.isObject()) {
      throw expected("settings is %s; write them as {key: value}".formatted(node));
    }
    Map<String, String> settings = new TreeMap<>();
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      JsonNode value = field.getValue();
      settings.put(field.getKey(), value.isValueNode() ? value.asText() : value.toString());
    }
    return settings;
  }
}
