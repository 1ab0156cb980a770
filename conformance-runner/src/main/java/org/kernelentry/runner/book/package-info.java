/** The spec as a page. */
@NullMarked
package org.kernelentry.runner.book;

import org.jspecify.annotations.NullMarked;
