package org.rlhfstreams.service.configuration;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * States the default, the permitted range and the meaning of one configuration key. The key itself
 * is the record component's name in kebab-case, below its section.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Setting {
  /** The default as a user would write it; empty for no value (optional components and lists). */
  String value() default "";

  /** Permitted numbers as an interval, such as {@code [1, inf)} or {@code (0, 1]}. */
  String range() default "(-inf, inf)";

  /** What the setting does, with its unit. */
  String description();
}
