package org.kernelentry.runner.report;

import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.kernelentry.runner.judge.Outcome;
import org.kernelentry.runner.judge.RunResult;
import org.kernelentry.runner.judge.Status;
import org.kernelentry.runner.spec.SpecExample;
import org.kernelentry.runner.spec.SpecModel;

/** A run as JUnit XML: a suite for each chapter on each system, a class for each rule, a test case for each example. */
public final class JunitXml {
    private final XMLStreamWriter xml;
    private final SpecModel model;

    private JunitXml(XMLStreamWriter xml, SpecModel model) {
        this.xml = xml;
        this.model = model;
    }

    /** The whole run as one document. */
    public static String render(RunResult result, SpecModel model) {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newFactory().createXMLStreamWriter(text);
            new JunitXml(xml, model).write(result);
            xml.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("XML cannot be written into a string", e);
        }
        return text.append('\n').toString();
    }

    private void write(RunResult result) throws XMLStreamException {
        Map<String, List<Outcome>> suites = new LinkedHashMap<>();
        for (Outcome outcome : result.outcomes()) {
            String suite = outcome.system() + "." + example(outcome).chapter();
            suites.computeIfAbsent(suite, s -> new ArrayList<>()).add(outcome);
        }
        xml.writeStartDocument("UTF-8", "1.0");
        start(0, "testsuites");
        attributes("conform", result.outcomes());
        for (Map.Entry<String, List<Outcome>> suite : suites.entrySet()) {
            start(1, "testsuite");
            attributes(suite.getKey(), suite.getValue());
            for (Outcome outcome : suite.getValue()) {
                testCase(outcome);
            }
            end(1);
        }
        end(0);
        xml.writeEndDocument();
    }

    private void attributes(String name, List<Outcome> outcomes) throws XMLStreamException {
        Duration took = outcomes.stream().map(Outcome::took).reduce(Duration.ZERO, Duration::plus);
        attribute("name", name);
        attribute("tests", String.valueOf(outcomes.size()));
        attribute("failures", count(outcomes, s -> s == Status.FAIL));
        attribute("errors", count(outcomes, s -> s == Status.ERROR));
        attribute("skipped", count(outcomes, s -> s == Status.SKIP));
        attribute("time", seconds(took));
    }

    private void testCase(Outcome outcome) throws XMLStreamException {
        SpecExample example = example(outcome);
        start(2, "testcase");
        attribute("classname", outcome.system() + "." + outcome.ruleId());
        attribute("name", outcome.exampleId());
        attribute("file", example.location().file());
        attribute("line", String.valueOf(example.location().line()));
        attribute("time", seconds(outcome.took()));
        switch (outcome.status()) {
            case PASS -> {}
            case SKIP -> {
                empty("skipped");
                attribute("message", FailureText.oneLine(outcome));
            }
            case FAIL, ERROR -> {
                start(3, outcome.status() == Status.FAIL ? "failure" : "error");
                attribute("message", FailureText.oneLine(outcome));
                text(model.ruleOf(example).sentence() + "\n" + outcome.message() + "\n" + outcome.stackTrace());
                xml.writeEndElement();
            }
        }
        if (!outcome.trace().isEmpty()) {
            start(3, "system-out");
            text(outcome.trace());
            xml.writeEndElement();
        }
        end(2);
    }

    private SpecExample example(Outcome outcome) {
        return model.example(outcome.exampleId()).orElseThrow();
    }

    private void start(int depth, String element) throws XMLStreamException {
        xml.writeCharacters("\n" + "  ".repeat(depth));
        xml.writeStartElement(element);
    }

    private void empty(String element) throws XMLStreamException {
        xml.writeCharacters("\n" + "  ".repeat(3));
        xml.writeEmptyElement(element);
    }

    private void end(int depth) throws XMLStreamException {
        xml.writeCharacters("\n" + "  ".repeat(depth));
        xml.writeEndElement();
    }

    private void attribute(String name, String value) throws XMLStreamException {
        xml.writeAttribute(name, legal(value));
    }

    private void text(String text) throws XMLStreamException {
        xml.writeCharacters(legal(text.strip()));
    }

    /** Without the characters that XML 1.0 cannot carry: a guest may write any byte. */
    private static String legal(String text) {
        return text.codePoints()
                .map(c -> isLegal(c) ? c : 0xfffd)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static boolean isLegal(int c) {
        return c == '\t' || c == '\n' || c >= 0x20 && c < 0xd800 || c >= 0xe000 && c < 0xfffe || c >= 0x1_0000;
    }

    private static String count(List<Outcome> outcomes, Predicate<Status> wanted) {
        return String.valueOf(
                outcomes.stream().filter(o -> wanted.test(o.status())).count());
    }

    private static String seconds(Duration took) {
        return String.format(Locale.ROOT, "%.3f", took.toNanos() / 1e9);
    }
}
