package org.rlhfstreams.templates;

import java.time.ZonedDateTime;
import java.util.Map;
import java.util.function.Supplier;

/** A compiled chat template. Immutable; many threads may render it at once. */
public final class Template {
  private final Statement body;
  private final boolean marksGeneration;

  private Template(Statement body, boolean marksGeneration) {
    this.body = body;
    this.marksGeneration = marksGeneration;
  }

  /**
   * Compiles a template as transformers does: {@code trim_blocks}, {@code lstrip_blocks} and loop
   * controls are on.
   *
   * @throws TemplateException where it is not one, naming the line
   */
  public static Template compile(String template) {
    try {
      StatementParser parser = new StatementParser(new TokenStream(new Lexer(template).tokens()));
      Statement body = parser.template();
      return new Template(body, parser.marksGeneration());
    } catch (StackOverflowError e) {
      throw tooDeep();
    }
  }

  /** Whether it has {@code generation} blocks, which mark the assistant's own words. */
  public boolean marksGeneration() {
    return marksGeneration;
  }

  /**
   * Renders within {@link RenderLimits#DEFAULT}.
   *
   * @param context variables: maps, lists, texts, numbers, booleans and null; they are not changed
   * @param clock the time that {@code strftime_now} shows
   * @throws TemplateException where the template raises, fails or goes beyond the limits
   */
  public String render(Map<String, ?> context, Supplier<ZonedDateTime> clock) {
    return render(context, clock, RenderLimits.DEFAULT);
  }

  /**
   * Renders within limits.
   *
   * @param context variables: maps, lists, texts, numbers, booleans and null; they are not changed
   * @param clock the time that {@code strftime_now} shows
   * @throws TemplateException where the template raises, fails or goes beyond the limits
   */
  public String render(Map<String, ?> context, Supplier<ZonedDateTime> clock, RenderLimits limits) {
    return renderMarked(context, clock, limits).text();
  }

  /**
   * Renders within {@link RenderLimits#DEFAULT}, and says where the assistant speaks.
   *
   * @param context variables: maps, lists, texts, numbers, booleans and null; they are not changed
   * @param clock the time that {@code strftime_now} shows
   * @throws TemplateException where the template raises, fails or goes beyond the limits
   */
  public Rendering renderMarked(Map<String, ?> context, Supplier<ZonedDateTime> clock) {
    return renderMarked(context, clock, RenderLimits.DEFAULT);
  }

  private Rendering renderMarked(
      Map<String, ?> context, Supplier<ZonedDateTime> clock, RenderLimits limits) {
    Meter meter = new Meter(limits);
    Map<String, Object> variables = Globals.functions(clock);
    TextBuilder output = new TextBuilder(meter);
    GenerationSpans generated = new GenerationSpans(output);
    try {
      context.forEach((name, value) -> variables.put(name, Values.fromContext(value)));
      body.execute(Scope.root(variables, meter, generated).child(), output);
    } catch (StackOverflowError e) {
      throw tooDeep();
    }
    return new Rendering(output.toString(), generated.all());
  }

  /** Nesting is bounded, but not how little stack the caller has left. */
  private static TemplateException tooDeep() {
    return new TemplateException("RecursionError: the template or a value in it nests too deeply");
  }
}
