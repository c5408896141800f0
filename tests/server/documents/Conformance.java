import java.io.File;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** Validates PDF files: `Conformance FLAVOURS FILES` (comma-separated) prints a line for every rule a file breaks. */
public class Conformance {
    public static void main(String[] args) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        for (String name : args[0].split(",")) {
            PDFAFlavour flavour = PDFAFlavour.byFlavourId(name);
            for (String path : args[1].split(",")) {
                File file = new File(path);
                try (PDFAParser parser = Foundries.defaultInstance().createParser(file, flavour);
                        PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, false)) {
                    report(name, file.getName(), validator.validate(parser));
                }
            }
        }
    }

    private static void report(String flavour, String file, ValidationResult result) {
        for (TestAssertion rule : result.getTestAssertions()) {
            if (rule.getStatus() == TestAssertion.Status.FAILED) {
                System.out.println(file + " " + flavour + " breaks " + rule.getRuleId().getClause() + "-"
                        + rule.getRuleId().getTestNumber() + ": " + rule.getMessage());
            }
        }
        System.out.println(file + " " + flavour + " " + (result.isCompliant() ? "conforms" : "does not conform"));
    }
}
