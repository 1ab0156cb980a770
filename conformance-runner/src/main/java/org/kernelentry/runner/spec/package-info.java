/** The catalogue of behaviours and the features, as data. */
@NullMarked
package org.kernelentry.runner.spec;

import org.jspecify.annotations.NullMarked;
