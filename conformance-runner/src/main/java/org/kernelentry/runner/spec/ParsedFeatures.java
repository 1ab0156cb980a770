package org.kernelentry.runner.spec;

import io.cucumber.core.feature.FeatureParser;
import io.cucumber.core.gherkin.Feature;
import io.cucumber.core.resource.Resource;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Features as Cucumber has them parsed.
 *
 * <p>Those that come with the program are parsed once, however many runs of Cucumber a plan or a test is made of; files are read each time.
 */
public final class ParsedFeatures {
    private static final String CLASSPATH = "classpath";
    private static final FeatureParser PARSER = new FeatureParser(UUID::randomUUID);
    private static final Map<URI, Optional<Feature>> KNOWN = new ConcurrentHashMap<>();

    private ParsedFeatures() {}

    /** The features, in the order of their names; a file without a feature in it has none. */
    public static List<Feature> of(final Collection<URI> names) {
        return names.stream()
                .sorted()
                .map(name -> CLASSPATH.equals(name.getScheme())
                        ? KNOWN.computeIfAbsent(name, ParsedFeatures::parse)
                        : parse(name))
                .flatMap(Optional::stream)
                .toList();
    }

    private static Optional<Feature> parse(final URI name) {
        return PARSER.parseResource(new Resource() {
            @Override
            public URI getUri() {
                return name;
            }

            @Override
            public InputStream getInputStream() throws IOException {
                if (!CLASSPATH.equals(name.getScheme())) {
                    return name.toURL().openStream();
                }
                final InputStream in =
                        ParsedFeatures.class.getClassLoader().getResourceAsStream(name.getSchemeSpecificPart());
                if (in == null) {
                    throw new FileNotFoundException(name.toString());
                }
                return in;
            }
        });
    }
}
