package org.rlhfstreams.worker.openai;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.text.Tokenizer;
import org.rlhfstreams.worker.completion.CompletionJob;
import org.rlhfstreams.worker.completion.CompletionService;

/**
 * {@code POST /v1/completions}, {@code POST /v1/chat/completions} and {@code GET /v1/models}, as
 * OpenAI's clients expect them.
 */
public final class OpenAiRoutes implements Consumer<Router> {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final long BODY_BYTES = 2 << 20;
  private static final String COMPLETIONS = "/v1/completions";
  private static final String CHAT = "/v1/chat/completions";
  private static final String MODELS = "/v1/models";

  private final String modelName;
  private final int maxPositions;
  private final Tokenizer tokenizer;
  private final Set<Integer> stopTokens;
  private final CompletionService service;
  private final RequestReader reader;
  private final long started = Instant.now().getEpochSecond();

  /**
   * @param model whose directory's name is the model's
   * @param tokenizer for the texts of single tokens; not closed here
   */
  public OpenAiRoutes(ModelDirectory model, Tokenizer tokenizer, CompletionService service) {
    this(
        model.path().toAbsolutePath().normalize().getFileName().toString(),
        model,
        tokenizer,
        service);
  }

  /**
   * @param modelName that requests may name, of letters, digits, dots, dashes and slashes
   * @param tokenizer for the texts of single tokens; not closed here
   */
  public OpenAiRoutes(
      String modelName, ModelDirectory model, Tokenizer tokenizer, CompletionService service) {
    this.modelName = modelName;
    this.maxPositions = model.configuration().maxPositions();
    this.tokenizer = tokenizer;
    this.stopTokens = model.stopTokens();
    this.service = service;
    this.reader = new RequestReader(modelName, maxPositions);
  }

  @Override
  public void accept(Router router) {
    router.route("/v1/*").failureHandler(this::fail);
    router.get(MODELS).handler(this::models);
    router.get(MODELS + "/" + modelName).handler(this::model);
    post(router, COMPLETIONS, "prompt", reader::completion, new CompletionFormat());
    post(router, CHAT, "messages", reader::chat, new ChatFormat());
    router.route("/v1/*").handler(OpenAiRoutes::unknown);
  }

  private void post(
      Router router,
      String path,
      String promptField,
      Function<byte[], ApiRequest> read,
      AnswerFormat format) {
    router
        .post(path)
        .handler(BodyHandler.create(false).setBodyLimit(BODY_BYTES))
        .handler(
            context -> {
              try {
                answer(context, promptField, read, format);
              } catch (RuntimeException e) {
                Responses.error(context.response(), Responses.error(e, promptField));
              }
            });
  }

  private void answer(
      RoutingContext context,
      String promptField,
      Function<byte[], ApiRequest> read,
      AnswerFormat format) {
    Buffer body = context.body().buffer();
    ApiRequest request = read.apply(body == null ? new byte[0] : body.getBytes());
    String id = format.idPrefix() + UUID.randomUUID();
    AnswerWriter answer =
        new AnswerWriter(
            context.vertx().getOrCreateContext(),
            context.response(),
            promptField,
            request,
            new Envelope(
                id,
                modelName,
                format,
                request,
                prompt -> new AnswerTokens(tokenizer, stopTokens, prompt)));
    CompletionJob job =
        new CompletionJob(
            id,
            request.prompts(),
            request.samples(),
            request.sampling(),
            request.stop(),
            request.stream(),
            answer);
    service.submit(job);
    answer.follow(job, service);
  }

  private void models(RoutingContext context) {
    ObjectNode json = MAPPER.createObjectNode().put("object", "list");
    json.putArray("data").add(description());
    Responses.json(context.response(), 200, json);
  }

  private void model(RoutingContext context) {
    Responses.json(context.response(), 200, description());
  }

  private ObjectNode description() {
    return MAPPER
        .createObjectNode()
        .put("id", modelName)
        .put("object", "model")
        .put("created", started)
        .put("owned_by", "rlhf-streams")
        .put("max_model_len", maxPositions);
  }

  private static void unknown(RoutingContext context) {
    String path = context.normalizedPath();
    String allowed =
        path.equals(COMPLETIONS) || path.equals(CHAT) ? "POST" : path.equals(MODELS) ? "GET" : "";
    ApiException error =
        allowed.isEmpty()
            ? ApiException.refused(
                404,
                path
                    + " is not served: there are POST /v1/completions, POST /v1/chat/completions"
                    + " and GET /v1/models",
                null,
                "not_found")
            : ApiException.refused(
                405, path + " takes " + allowed + " alone", null, "method_not_allowed");
    if (!allowed.isEmpty()) {
      context.response().putHeader("Allow", allowed);
    }
    Responses.error(context.response(), error);
  }

  private void fail(RoutingContext context) {
    ApiException error =
        context.statusCode() == 413
            ? ApiException.refused(
                413,
                String.format(
                    Locale.ROOT, "the body is larger than %,d bytes: send less", BODY_BYTES),
                null,
                "body_too_large")
            : Responses.error(context.failure(), null);
    if (!context.response().headWritten()) {
      Responses.error(context.response(), error);
    }
  }
}
